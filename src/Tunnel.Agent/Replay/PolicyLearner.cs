using System.Globalization;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Replay;

/// <summary>
/// Writes a policy that allows the recorded calls: one rule for each client of a route, with the names that it called and
/// that the server answered at least once without an error. A tool whose answers have recorded shapes gets a rule of its
/// own, with the fields of these answers. The policy is for review; it is not put in force.
/// </summary>
internal sealed class PolicyLearner(AgentSettings settings)
{
    /// <summary>The names of one kind that one client called.</summary>
    private sealed class Names : SortedDictionary<string, (int Calls, bool HasSucceeded, LearnedAnswer Answers)>
    {
        public Names()
            : base(StringComparer.Ordinal) { }
    }

    private readonly Dictionary<
        string,
        SortedDictionary<(string Issuer, string Client), Dictionary<TargetKind, Names>>
    > routes = new(StringComparer.Ordinal);

    public int Calls { get; private set; }

    public void Add(RecordedCall call)
    {
        if (
            !call.HasPassed
            || call.Gap.Length > 0
            || settings.Routes.FirstOrDefault(route => route.Name == call.Route) is not { } route
            || (call.Kind is null && (McpMethods.IsBasic(call.Method) || !McpMethods.IsKnown(call.Method)))
        )
        {
            return;
        }

        Calls++;
        if (!routes.TryGetValue(call.Route, out var clients))
        {
            routes[call.Route] = clients = [];
        }

        var client =
            route.Oauth.Mode == OauthMode.Required && call.Principal is { } principal
                ? (principal.Issuer, principal.ClientId)
                : ("", "");
        if (!clients.TryGetValue(client, out var kinds))
        {
            clients[client] = kinds = [];
        }

        if (call.Kind is { } kind)
        {
            Count(kinds, kind, call.Name, call);
        }

        // A completion or subscription has a target with a name, and its method needs permission too.
        if (McpMethods.FindTarget(call.Method, out _) is null)
        {
            Count(kinds, TargetKind.Method, call.Method, call);
        }
    }

    private static void Count(Dictionary<TargetKind, Names> kinds, TargetKind kind, string name, RecordedCall call)
    {
        if (!kinds.TryGetValue(kind, out var names))
        {
            kinds[kind] = names = [];
        }

        var before = names.GetValueOrDefault(name);
        var answers = before.Answers ?? new LearnedAnswer();
        if (kind == TargetKind.Tool && call.Recorded is { } answer)
        {
            answers.Add(answer);
        }

        names[name] = (before.Calls + 1, before.HasSucceeded || call.HasSucceeded, answers);
    }

    public string Write()
    {
        var yaml = new StringBuilder();
        yaml.Append(
            CultureInfo.InvariantCulture,
            $"# Learned from {Calls} calls. Remove what should not be called, then observe, then enforce.\n"
        );
        yaml.Append("routes:\n");
        foreach (var route in settings.Routes.Where(route => routes.ContainsKey(route.Name)))
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  {route.Name}:\n");
            yaml.Append("    policy:\n      mode: observe\n      default: deny\n      rules:\n");
            var used = new HashSet<string>(StringComparer.Ordinal);
            foreach (var ((issuer, client), kinds) in routes[route.Name])
            {
                WriteRule(yaml, route, issuer, client, kinds, used);
            }
        }

        return yaml.ToString();
    }

    private void WriteRule(
        StringBuilder yaml,
        RouteSettings route,
        string issuer,
        string client,
        Dictionary<TargetKind, Names> kinds,
        HashSet<string> used
    )
    {
        foreach (var (kind, names) in kinds)
        {
            foreach (var (name, (calls, hasSucceeded, _)) in names.Where(name => !IsLearned(name)))
            {
                var why = hasSucceeded ? "a * in a rule is a pattern" : "no call succeeded";
                yaml.Append(
                    CultureInfo.InvariantCulture,
                    $"        # Not in a rule, because {why}: {TargetKinds.ToWireName(kind)} {Quote(name)}, {calls} calls.\n"
                );
            }
        }

        if (!kinds.Values.Any(names => names.Any(IsLearned)))
        {
            return;
        }

        var named = settings.Issuers.FirstOrDefault(one =>
            one.Issuer == issuer && route.Oauth.Issuers.Contains(one.Name, StringComparer.Ordinal)
        );
        if (issuer.Length > 0 && named is null)
        {
            yaml.Append(
                CultureInfo.InvariantCulture,
                $"        # Not in a rule, because the route accepts no tokens of {Quote(issuer)}: client {Quote(client)}.\n"
            );
            return;
        }

        var called = client.Length > 0 ? client : "any caller";
        var hasHead = false;
        foreach (var kind in Enum.GetValues<TargetKind>())
        {
            var names = FindLearned(kind, hasFields: false);
            if (names.Count > 0 && !hasHead)
            {
                hasHead = true;
                WriteHead(called);
            }

            WriteNames(kind, names);
        }

        foreach (var tool in FindLearned(TargetKind.Tool, hasFields: true))
        {
            WriteHead($"{called}: {tool.Key}");
            WriteNames(TargetKind.Tool, [tool]);
            tool.Value.Answers.Write(yaml);
        }

        List<KeyValuePair<string, (int Calls, bool HasSucceeded, LearnedAnswer Answers)>> FindLearned(
            TargetKind kind,
            bool hasFields
        ) =>
            [
                .. (kinds.GetValueOrDefault(kind) ?? [])
                    .Where(IsLearned)
                    .Where(name => name.Value.Answers.HasFields == hasFields),
            ];

        void WriteHead(string wanted)
        {
            var title = wanted;
            for (var more = 2; !used.Add(title); more++)
            {
                title = string.Create(CultureInfo.InvariantCulture, $"{wanted} {more}");
            }

            yaml.Append(CultureInfo.InvariantCulture, $"        - name: {Quote(title)}\n          effect: allow\n");
            if (named is not null)
            {
                yaml.Append(CultureInfo.InvariantCulture, $"          issuer: {Quote(named.Name)}\n");
            }

            if (client.Length > 0)
            {
                yaml.Append(CultureInfo.InvariantCulture, $"          client_id: {Quote(client)}\n");
            }
        }

        void WriteNames(
            TargetKind kind,
            List<KeyValuePair<string, (int Calls, bool HasSucceeded, LearnedAnswer Answers)>> names
        )
        {
            yaml.Append(names.Count > 0 ? $"          {TargetKinds.ToWireName(kind)}s:\n" : "");
            foreach (var (name, (calls, _, _)) in names)
            {
                yaml.Append(CultureInfo.InvariantCulture, $"            - {Quote(name)} # {calls} calls\n");
            }
        }
    }

    private static bool IsLearned(KeyValuePair<string, (int Calls, bool HasSucceeded, LearnedAnswer Answers)> name) =>
        name.Value.HasSucceeded && !name.Key.Contains('*', StringComparison.Ordinal);

    // A JSON string is a valid YAML string, whatever characters a caller chose.
    internal static string Quote(string text) => JsonSerializer.Serialize(text, LearnedJson.Default.String);
}
