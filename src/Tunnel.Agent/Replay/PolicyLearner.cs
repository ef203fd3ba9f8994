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
/// that the server answered at least once without an error. The policy is for review; it is not put in force.
/// </summary>
internal sealed class PolicyLearner(AgentSettings settings)
{
    /// <summary>The names of one kind that one client called.</summary>
    private sealed class Names : SortedDictionary<string, (int Calls, bool HasSucceeded)>
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
            Count(kinds, kind, call.Name, call.HasSucceeded);
        }

        // A completion or subscription has a target with a name, and its method needs permission too.
        if (McpMethods.FindTarget(call.Method, out _) is null)
        {
            Count(kinds, TargetKind.Method, call.Method, call.HasSucceeded);
        }
    }

    private static void Count(Dictionary<TargetKind, Names> kinds, TargetKind kind, string name, bool hasSucceeded)
    {
        if (!kinds.TryGetValue(kind, out var names))
        {
            kinds[kind] = names = [];
        }

        var before = names.GetValueOrDefault(name);
        names[name] = (before.Calls + 1, before.HasSucceeded || hasSucceeded);
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
            foreach (var (name, (calls, hasSucceeded)) in names.Where(name => !IsLearned(name.Key, name.Value)))
            {
                var why = hasSucceeded ? "a * in a rule is a pattern" : "no call succeeded";
                yaml.Append(
                    CultureInfo.InvariantCulture,
                    $"        # Not in a rule, because {why}: {TargetKinds.ToWireName(kind)} {Quote(name)}, {calls} calls.\n"
                );
            }
        }

        if (!kinds.Values.Any(names => names.Any(name => IsLearned(name.Key, name.Value))))
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
        var title = called;
        for (var more = 2; !used.Add(title); more++)
        {
            title = string.Create(CultureInfo.InvariantCulture, $"{called} {more}");
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

        foreach (var kind in Enum.GetValues<TargetKind>())
        {
            var names = kinds.GetValueOrDefault(kind)?.Where(name => IsLearned(name.Key, name.Value)).ToList() ?? [];
            if (names.Count == 0)
            {
                continue;
            }

            yaml.Append(CultureInfo.InvariantCulture, $"          {TargetKinds.ToWireName(kind)}s:\n");
            foreach (var (name, (calls, _)) in names)
            {
                yaml.Append(CultureInfo.InvariantCulture, $"            - {Quote(name)} # {calls} calls\n");
            }
        }
    }

    private static bool IsLearned(string name, (int Calls, bool HasSucceeded) count) =>
        count.HasSucceeded && !name.Contains('*', StringComparison.Ordinal);

    // A JSON string is a valid YAML string, whatever characters a caller chose.
    private static string Quote(string text) => JsonSerializer.Serialize(text, LearnedJson.Default.String);
}
