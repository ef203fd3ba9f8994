using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>
/// The rules of one route. There is a single decision for calls, lists and a server's requests to a client, in both
/// eras, so that what is denied is hidden and what is hidden is denied. Deciding allocates nothing and reads only rules
/// that may concern the caller and the name.
/// </summary>
internal sealed class CompiledPolicy
{
    private readonly PolicyRule[] rules;
    private readonly bool isOpen;
    private readonly CompiledRule[] judges; // the rules that judge answers
    private readonly AnswerShape?[] single; // by position: of a call that one rule judges
    private readonly ConcurrentDictionary<string, AnswerShape> shapes = new(StringComparer.Ordinal);

    // Each rule is in the first bucket that its conditions name.
    private readonly FrozenDictionary<string, RuleBucket> bySubject;
    private readonly FrozenDictionary<string, RuleBucket> byClient;
    private readonly FrozenDictionary<string, RuleBucket> byScope;
    private readonly FrozenDictionary<string, RuleBucket> byGroup;
    private readonly bool[] groupKinds; // by kind: whether a rule for groups names any target of it
    private readonly RuleBucket everybody;

    /// <param name="issuerOf">Returns the <c>iss</c> of an entry of <c>issuers</c>.</param>
    /// <param name="hierarchy">
    /// The route's <c>scope_hierarchy</c>: a rule for a scope applies to the scopes above it as well.
    /// </param>
    /// <param name="pins">Deny definitions that differ from the approved ones; null for none.</param>
    public CompiledPolicy(
        PolicySettings settings,
        Func<string, string> issuerOf,
        IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> hierarchy,
        RoutePins? pins = null
    )
    {
        Pins = pins;
        rules = [.. settings.Rules];
        single = new AnswerShape?[rules.Length];
        isOpen = settings.Default == PolicyEffect.Allow;
        HasMasks = rules.Any(r => r.Masked.Count > 0);
        ReadsArguments =
            HasMasks
            || pins is { ValidatesArguments: true }
            || rules.Any(r => r.Arguments is not null || r.Approval is not null);
        var all = rules
            .Select(
                (rule, place) =>
                    (Rule: rule, Scopes: (IReadOnlyList<string>)GetScopes(rule.Scope, hierarchy), Place: place)
            )
            .Select(r => (r.Rule, Compiled: new CompiledRule(r.Place, r.Rule, issuerOf, r.Scopes), r.Scopes))
            .ToList();
        judges = [.. all.Where(r => r.Compiled is { HasAnswer: true, IsDeny: false }).Select(r => r.Compiled)];
        var rest = all.Where(r => r.Rule.Subject.Length == 0).ToList();
        bySubject = Buckets(all.Where(r => r.Rule.Subject.Length > 0), r => [r.Rule.Subject]);
        byClient = Buckets(rest.Where(r => r.Rule.ClientId.Length > 0), r => [r.Rule.ClientId]);
        rest = [.. rest.Where(r => r.Rule.ClientId.Length == 0)];
        byScope = Buckets(rest.Where(r => r.Scopes.Count > 0), r => r.Scopes);
        rest = [.. rest.Where(r => r.Scopes.Count == 0)];

        // A caller that searches a group's bucket is in the group, so rules do not search its thousand groups again.
        var ofGroups = rest.Where(r => r.Rule.Groups.Count > 0).ToList();
        byGroup = Buckets(ofGroups.Select(r => (r.Rule, r.Compiled.WithoutGroups(), r.Scopes)), r => r.Rule.Groups);
        groupKinds = [.. Enum.GetValues<TargetKind>().Select(k => ofGroups.Any(r => r.Rule.GetNames(k).Count > 0))];
        everybody = new RuleBucket([.. rest.Where(r => r.Rule.Groups.Count == 0).Select(r => (r.Rule, r.Compiled))]);
    }

    public RoutePins? Pins { get; }

    public bool HasMasks { get; }

    public bool ReadsArguments { get; }

    /// <summary>
    /// Whether a rule judges answers to this caller. Other messages of the server could then contain what such an answer
    /// must not, so that they do not cross.
    /// </summary>
    public bool Guards(in Caller caller)
    {
        foreach (var judge in judges)
        {
            if (judge.IsFor(caller))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What of the answer to an allowed call crosses; null: no rule that allows the call judges its answer.</summary>
    /// <param name="arguments">Null for a completion, which is about the name and not a call of it.</param>
    public AnswerShape? FindAnswer(TargetKind kind, string name, Caller caller, CallArguments? arguments)
    {
        if (judges.Length == 0)
        {
            return null;
        }

        var places = FindJudges(kind, name, caller, arguments);
        return places switch
        {
            [] => null,
            [var only] => single[only] ??= new AnswerShape([rules[only].Answer!]),
            _ => shapes.GetOrAdd(
                string.Join(' ', places.Select(p => p.ToString(CultureInfo.InvariantCulture))),
                _ => new AnswerShape([.. places.Select(p => rules[p].Answer!)])
            ),
        };
    }

    /// <summary>The rules of which <see cref="FindAnswer"/> is made, in the file's order.</summary>
    public IReadOnlyList<PolicyRule> FindAnswerRules(
        TargetKind kind,
        string name,
        Caller caller,
        CallArguments? arguments
    ) => [.. FindJudges(kind, name, caller, arguments).Select(place => rules[place])];

    /// <summary>Whether a name may be used. Its method must not be denied; allowing the method allows no name.</summary>
    /// <param name="arguments">Null if there is no call, as for the entries of lists.</param>
    public Decision Decide(TargetKind kind, string name, string method, Caller caller, CallArguments? arguments = null)
    {
        var isUnclear = RequestedName.IsUnclear(kind, name);
        var match = Find(kind, name, caller, isUnclear, arguments);
        var ofMethod = Find(TargetKind.Method, method, caller, isUnclear: false);
        var decision =
            ofMethod.Deny >= 0 ? Denied(ofMethod.Deny)
            : match.Deny >= 0 ? Denied(match.Deny)
            : Pins?.FindDenial(kind, name) is { } reason ? new Decision(false, null, reason)
            : match.Allow >= 0 ? Allowed(match.Allow)
            : match.Unsatisfied >= 0 ? Unsatisfied(match)
            : isUnclear ? new Decision(false, null, Decision.Unclear)
            : new Decision(isOpen, null, Decision.ByDefault);

        // The schema is checked before the rule's constraints, and only for names that the caller sees.
        return
            (decision.IsAllowed || decision.Error is not null)
            && arguments is not null
            && Pins?.FindError(kind, name, arguments.Root) is { } error
            ? new Decision(false, decision.Rule, Decision.BySchema) { Error = ArgumentError.From(error) }
            : decision;
    }

    /// <summary>Whether a method without a target may be used, by the client or by the server.</summary>
    public Decision Decide(string method, Caller caller)
    {
        var isUnclear = RequestedName.IsUnclear(TargetKind.Method, method);
        var match = Find(TargetKind.Method, method, caller, isUnclear);
        return match.Deny >= 0 ? Denied(match.Deny)
            : McpMethods.IsTask(method) && Guards(caller) ? new Decision(false, null, Decision.Guarded)
            : match.Allow >= 0 ? Allowed(match.Allow)
            : McpMethods.IsBasic(method) ? new Decision(true, null, Decision.Basic)
            : McpMethods.NeedsChoice(method) ? new Decision(false, null, Decision.NoChoice)
            : isUnclear ? new Decision(false, null, Decision.Unclear)
            : new Decision(isOpen, null, Decision.ByDefault);
    }

    /// <summary>Whether the server may send the client every kind of request (<see cref="McpMethods.ServerRequests"/>).</summary>
    public bool AllowsAllAsks(Caller caller)
    {
        foreach (var ask in McpMethods.ServerRequests)
        {
            if (!Decide(ask, caller).IsAllowed)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a message passes: its method and all names in it must be allowed.</summary>
    /// <param name="kind">Null if the message names nothing.</param>
    /// <param name="resources">The URIs of a subscription.</param>
    /// <param name="arguments">Null if none are checked.</param>
    public Decision DecideMessage(
        string method,
        TargetKind? kind,
        string name,
        IReadOnlyList<string> resources,
        Caller caller,
        CallArguments? arguments = null
    )
    {
        if (McpMethods.FindTarget(method, out _) is not null)
        {
            return Decide(kind!.Value, name, method, caller, arguments);
        }

        var decision = Decide(method, caller);
        if (!decision.IsAllowed)
        {
            return decision;
        }

        // The target of a completion or a subscription must be visible as well.
        if (kind is { } about && !IsVisible(about, name, caller))
        {
            return Decide(about, name, McpMethods.GetUseMethod(about), caller);
        }

        foreach (var uri in resources)
        {
            if (!IsVisible(TargetKind.Resource, uri, caller))
            {
                return Decide(TargetKind.Resource, uri, McpMethods.ReadResource, caller);
            }
        }

        return decision;
    }

    /// <summary>Whether a list shows the name: exactly if it could be used.</summary>
    public bool IsVisible(TargetKind kind, string name, Caller caller) =>
        Decide(kind, name, McpMethods.GetUseMethod(kind), caller).IsAllowed;

    private List<int> FindJudges(TargetKind kind, string name, in Caller caller, CallArguments? arguments)
    {
        var places = new List<int>();
        Find(kind, name, caller, RequestedName.IsUnclear(kind, name), arguments, places);
        places.Sort();
        return places;
    }

    private RuleMatch Find(
        TargetKind kind,
        string name,
        in Caller caller,
        bool isUnclear,
        CallArguments? arguments = null,
        List<int>? answers = null
    )
    {
        var match = new RuleMatch(arguments, caller.Claims) { Answers = answers };
        everybody.Find(kind, name, caller, isUnclear, ref match);
        if (caller.Principal is not { } principal)
        {
            return match;
        }

        if (bySubject.TryGetValue(principal.Subject, out var bucket))
        {
            bucket.Find(kind, name, caller, isUnclear, ref match);
        }

        if (byClient.TryGetValue(principal.ClientId, out bucket))
        {
            bucket.Find(kind, name, caller, isUnclear, ref match);
        }

        if (byScope.Count > 0)
        {
            foreach (var scope in principal.Scopes)
            {
                if (byScope.TryGetValue(scope, out bucket))
                {
                    bucket.Find(kind, name, caller, isUnclear, ref match);
                }
            }
        }

        if (groupKinds[(int)kind])
        {
            foreach (var group in principal.Groups)
            {
                if (byGroup.TryGetValue(group, out bucket))
                {
                    bucket.Find(kind, name, caller, isUnclear, ref match);
                }
            }
        }

        return match;
    }

    private Decision Denied(int place) => new(false, rules[place], Decision.ByRule);

    private Decision Unsatisfied(in RuleMatch match) =>
        new(false, rules[match.Unsatisfied], PolicyFailures.Arguments.Reason) { Error = match.Error };

    private Decision Allowed(int place) => new(true, rules[place], Decision.ByRule);

    private static FrozenDictionary<string, RuleBucket> Buckets(
        IEnumerable<(PolicyRule Rule, CompiledRule Compiled, IReadOnlyList<string> Scopes)> rules,
        Func<(PolicyRule Rule, CompiledRule Compiled, IReadOnlyList<string> Scopes), IReadOnlyList<string>> keysOf
    ) =>
        rules
            .SelectMany(r => keysOf(r).Distinct(StringComparer.Ordinal).Select(key => (key, r.Rule, r.Compiled)))
            .GroupBy(r => r.key, StringComparer.Ordinal)
            .ToFrozenDictionary(
                g => g.Key,
                g => new RuleBucket([.. g.Select(r => (r.Rule, r.Compiled))]),
                StringComparer.Ordinal
            );

    // The scope itself and all scopes that imply it, directly or indirectly.
    private static List<string> GetScopes(
        string scope,
        IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> hierarchy
    )
    {
        if (scope.Length == 0)
        {
            return [];
        }

        var all = new List<string> { scope };
        for (var i = 0; i < all.Count; i++)
        {
            var narrower = all[i];
            all.AddRange(
                hierarchy
                    .Where(h => h.Value.Contains(narrower, StringComparer.Ordinal))
                    .Select(h => h.Key)
                    .Except(all, StringComparer.Ordinal)
                    .ToList()
            );
        }

        return all;
    }
}
