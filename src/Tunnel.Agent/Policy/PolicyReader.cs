using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Policy.Budgets;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>Reads a route's <c>policy</c>. A rule that can never do what it appears to do is an error.</summary>
internal static class PolicyReader
{
    internal const int MaxRules = 10_000;
    private const int MaxNameCharacters = 1024;
    private const long MaxBodyBytes = 64 << 20;
    private static readonly string[] RuleKeys = ["mode", "default", "rules", "query", "json"];
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static PolicySettings Read(ConfigSection policy, OauthSettings oauth)
    {
        var isFromService = policy.Choice("from", "file", "file", "service") == "service";
        var settings = ReadRules(policy, oauth);
        if (!isFromService)
        {
            return settings;
        }

        foreach (var key in RuleKeys.Where(policy.Has))
        {
            policy.Error(
                key,
                "The policy of this route comes from the service, so this would have no effect.",
                "Remove it, or write from: file."
            );
        }

        return PolicySettings.NotReceived;
    }

    public static PolicySettings ReadService(ConfigSection root, OauthSettings oauth)
    {
        PolicyForm.RequireMode(root);
        return ReadRules(root, oauth) with { IsFromService = true };
    }

    private static PolicySettings ReadRules(ConfigSection policy, OauthSettings oauth)
    {
        var rules = policy.List("rules");
        var json = policy.Section("json");
        if (rules.Count > MaxRules)
        {
            policy.Error("rules", $"There are more than {MaxRules} rules.", "Use patterns: one * matches any text.");
        }

        var settings = new PolicySettings
        {
            // Requests to an authorization server are sign-ins, not calls.
            Mode = policy.Choice(
                "mode",
                oauth.AuthorizationServer is null ? "record" : "off",
                "off",
                "record",
                "observe",
                "enforce"
            ) switch
            {
                "record" => PolicyMode.Record,
                "observe" => PolicyMode.Observe,
                "enforce" => PolicyMode.Enforce,
                _ => PolicyMode.Off,
            },
            Default = ParseEffect(policy.Choice("default", "deny", "allow", "deny")),
            Rules = [.. rules.Select(rule => ReadRule(rule, oauth))],
            Query = ReadQuery(policy),
            MaxBytes = json.Size("max_bytes", 4 << 20, 1 << 10, MaxBodyBytes),
            MaxDepth = json.Int("max_depth", 64, 4, 1000),
        };
        foreach (var name in settings.Rules.GroupBy(r => r.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
        {
            policy.Error(
                "rules",
                $"Two rules are named {name.Key}.",
                "Give each rule its own name: records name the rule that decided."
            );
        }

        if (settings.Rules.Count(r => r.Answer is not null) > AnswerShape.MaxRules)
        {
            policy.Error(
                "rules",
                $"More than {AnswerShape.MaxRules} rules have answer.",
                "Compare claims instead: one rule with equals_claim is for every customer."
            );
        }

        CheckCovered(policy, settings.Rules);
        ApprovalReader.CheckCovered(policy, settings.Rules);
        return settings;
    }

    private static IReadOnlyList<string> ReadQuery(ConfigSection policy)
    {
        var names = policy.Strings("query");
        if (names.Count > RequestQuery.MaxNames || names.Any(n => !RequestQuery.IsName(n)))
        {
            policy.Error(
                "query",
                $"A query has at most {RequestQuery.MaxNames} parameters, with names of letters, digits, \"_\", \".\" and \"-\".",
                "List the names of the parameters that clients send, without values."
            );
            return [];
        }

        return names;
    }

    private static PolicyRule ReadRule(ConfigSection section, OauthSettings oauth)
    {
        var budget = section.Has("budget") ? BudgetReader.Read(section.Section("budget")) : null;
        var issuer = section.String("issuer");
        var claims = new ClaimNames(oauth, issuer);
        var name = section.RequiredString("name");
        var rule = new PolicyRule
        {
            Name = name,
            Effect = ParseEffect(section.Choice("effect", "allow", "allow", "deny")),
            Issuer = issuer,
            Subject = section.String("subject"),
            ClientId = section.String("client_id"),
            Scope = section.String("scope"),
            Groups = section.Strings("groups"),
            Sources = section.Ranges("source"),
            Workloads = section.Strings("workload"),
            Via = section.Strings("via"),
            Tools = section.Strings("tools"),
            Prompts = section.Strings("prompts"),
            Resources = section.Strings("resources"),
            Methods = section.Strings("methods"),
            Limits = ReadLimits(section),
            RequiredScopes = section.Strings("require_scope"),
            Budget = budget,
            Arguments = ArgumentReader.Read(section, claims, budget?.Constraint),
            Approval = ApprovalReader.Read(section),
            Answer = AnswerReader.Read(section, name, claims),
            Masked = ArgumentReader.ReadPointers(section, "mask"),
        };
        if (rule.Effect == PolicyEffect.Allow) // a denial needs no clear names
        {
            rule = rule with
            {
                Arguments = ArgumentConstraints.Naming(rule.Arguments, [.. rule.Masked, .. rule.Approval?.Shown ?? []]),
            };
        }

        if (!section.Has("effect"))
        {
            section.Error("effect", "A rule must have an action.", "Write allow or deny.");
        }

        CheckNames(section, rule);
        CheckPrincipal(section, rule, oauth);
        if (
            rule.Effect == PolicyEffect.Deny
            && (
                rule.Limits != RuleLimits.None
                || rule.RequiredScopes.Count > 0
                || rule.Budget is not null
                || rule.Approval is not null
            )
        )
        {
            section.Error(
                "effect",
                "A limit, a scope or an approval for a denied call has no effect.",
                "Put it on the rule that allows."
            );
        }

        CheckArguments(section, rule);
        ApprovalReader.Check(section, rule);
        AnswerReader.Check(section, rule);
        return rule;
    }

    private static RuleLimits ReadLimits(ConfigSection section) =>
        new()
        {
            Rate = section.Has("rate") ? section.Rate("rate", new Rate(60, TimeSpan.FromMinutes(1))) : null,
            Concurrency = section.Has("concurrency") ? section.Int("concurrency", 1, 1, 100_000) : null,
            Timeout = section.Has("timeout")
                ? section.Duration("timeout", TimeSpan.FromMinutes(2), TimeSpan.FromMilliseconds(100), Day)
                : null,
            MaxRequestBytes = section.Has("max_request_bytes") ? section.Size("max_request_bytes", 1 << 20, 1) : null,
            MaxResponseBytes = section.Has("max_response_bytes")
                ? section.Size("max_response_bytes", 1 << 20, 1)
                : null,
        };

    private static void CheckNames(ConfigSection section, PolicyRule rule)
    {
        if (rule.Tools.Count + rule.Prompts.Count + rule.Resources.Count + rule.Methods.Count == 0)
        {
            section.Error(
                "tools",
                "The rule names nothing, so it would have no effect.",
                "List tools, prompts, resources or methods; \"*\" matches all of a kind."
            );
        }

        foreach (
            var (key, names) in new[]
            {
                ("tools", rule.Tools),
                ("prompts", rule.Prompts),
                ("resources", rule.Resources),
                ("methods", rule.Methods),
            }
        )
        {
            if (names.Any(n => n.Length is 0 or > MaxNameCharacters || n.Any(char.IsControl) || n.Trim() != n))
            {
                section.Error(
                    key,
                    "A name must be text without control characters, and without leading or trailing spaces.",
                    "Write it as the server does; * matches any text; names are case-sensitive."
                );
            }
        }

        if (rule.Resources.Any(r => !r.Contains('*') && !r.Contains(':')))
        {
            section.Error("resources", "A resource is named by its URI.", "Write scheme:…, such as file:///docs/*.");
        }
    }

    // Only tools and prompts have arguments. A rule that denied some would also have to deny uncheckable ones.
    private static void CheckArguments(ConfigSection section, PolicyRule rule)
    {
        var key =
            section.Has("arguments") ? "arguments"
            : rule.Budget is not null ? "budget"
            : "closed";
        if (rule.HasConditions && rule.Effect == PolicyEffect.Deny)
        {
            section.Error(
                key,
                "A rule that denies takes no conditions on arguments.",
                "Write what is permitted, on the rule that allows."
            );
        }

        key = rule.HasConditions ? key : "mask";
        if (
            (rule.HasConditions || rule.Masked.Count > 0)
            && (rule.Tools.Count + rule.Prompts.Count == 0 || rule.Resources.Count + rule.Methods.Count > 0)
        )
        {
            section.Error(
                key,
                "Only calls of tools and prompts have arguments.",
                "Name tools or prompts alone; write another rule for resources and methods."
            );
        }
    }

    // A call needs only one rule that allows it: if another rule allows it anyway, the conditions have no effect.
    private static void CheckCovered(ConfigSection policy, IReadOnlyList<PolicyRule> rules)
    {
        var anyway = rules
            .Where(r =>
                r.Effect == PolicyEffect.Allow
                && r is { HasConditions: false, RequiredScopes.Count: 0, IsForEveryone: true }
            )
            .ToList();
        foreach (var rule in rules.Where(r => r.HasConditions))
        {
            var covering = anyway.FirstOrDefault(other =>
                Covers(other.Tools, rule.Tools) || Covers(other.Prompts, rule.Prompts)
            );
            if (covering is not null)
            {
                policy.Error(
                    "rules",
                    $"The conditions of {rule.Name} on arguments have no effect: {covering.Name} allows the same calls without them.",
                    $"Take the name out of {covering.Name}, or give it the conditions as well."
                );
            }
        }

        static bool Covers(IReadOnlyList<string> patterns, IReadOnlyList<string> names) =>
            names.Any(name => patterns.Any(pattern => Glob.Matches(pattern, name)));
    }

    private static void CheckPrincipal(ConfigSection section, PolicyRule rule, OauthSettings oauth)
    {
        if (section.Has("source") && rule.Sources.IsEmpty)
        {
            section.Error(
                "source",
                "The list is empty, so that the rule is for no caller.",
                "List ranges, or remove it."
            );
        }

        if (section.Has("workload") && (rule.Workloads.Count == 0 || rule.Workloads.Any(w => w.Length == 0)))
        {
            section.Error(
                "workload",
                "A workload has a name.",
                "Write it as the client's certificate has it, such as spiffe://corp.example/ns/a/*."
            );
        }

        if (section.Has("via") && rule.Via.Count == 0)
        {
            section.Error("via", "The list is empty, so that the rule is for no call.", "List routes, or remove it.");
        }

        foreach (var scope in rule.RequiredScopes.Where(s => !OauthText.IsScope(s)))
        {
            section.Error(
                "require_scope",
                $"{scope} is not a scope: a scope is text without blanks, quotes or backslashes.",
                "Correct the scope."
            );
        }

        if (rule.RequiredScopes.Count > 0 && oauth.Mode != OauthMode.Required)
        {
            section.Error(
                "require_scope",
                "This route does not authenticate callers, so that no call has a scope.",
                "Set oauth.mode: required, or remove it."
            );
        }

        if (rule.Groups.Any(g => g.Length == 0))
        {
            section.Error("groups", "A group has a name.", "Write it as the token's groups claim does.");
        }

        if (!rule.HasPrincipal)
        {
            return;
        }

        if (oauth.Mode != OauthMode.Required)
        {
            section.Error(
                "name",
                "The rule has a condition on the caller, but this route does not authenticate callers.",
                "Set oauth.mode: required, or remove issuer, subject, client_id, scope and groups."
            );
        }
        else if (rule.Issuer.Length > 0 && !oauth.Issuers.Contains(rule.Issuer, StringComparer.Ordinal))
        {
            var near = ConfigText.Nearest(rule.Issuer, oauth.Issuers);
            section.Error(
                "issuer",
                "The route accepts no tokens of an issuer with this name.",
                near is null ? "Name an entry of the route's oauth.issuers." : $"Did you mean {near}?"
            );
        }
        else if (
            rule.Issuer.Length == 0
            && oauth.Issuers.Count > 1
            && rule.Subject.Length + rule.ClientId.Length + rule.Groups.Count > 0
        )
        {
            section.Error(
                "issuer",
                "Any of the route's issuers could name such a subject, client or group.",
                "Name the issuer: an entry of the route's oauth.issuers."
            );
        }
    }

    private static PolicyEffect ParseEffect(string text) => text == "allow" ? PolicyEffect.Allow : PolicyEffect.Deny;
}
