using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Compose;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads the composed tools of a route: <c>upstream.compose</c>.</summary>
internal static class ComposeReader
{
    private const int MaxTools = 100;

    /// <summary>Returns the tools without errors; those with an error are left out after it was reported.</summary>
    /// <param name="oauth">Of the route.</param>
    public static ComposeSettings Read(
        ConfigSection upstream,
        ConfigSection compose,
        OauthSettings oauth,
        ComposedRoutes routes
    ) =>
        new()
        {
            Path = oauth.Path,
            Tools = ReadTools(compose, new ClaimNames(oauth, issuer: ""), routes),
            Timeouts = new UpstreamTimeouts(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1)),
            Probe = UpstreamReader.ReadProbe(upstream.Section("health"), isHttp: false, oauth.Path),
        };

    /// <summary>Checks what a composed route and its members need of each other, and the conditions of rules on both.</summary>
    public static void CheckTogether(
        IReadOnlyList<(string Name, ConfigSection Section)> sections,
        IReadOnlyList<RouteSettings> routes
    )
    {
        var composed = routes.Where(r => r.Upstream is ComposeSettings).ToList();
        foreach (var route in routes)
        {
            var section = sections.First(s => s.Name == route.Name).Section;
            var callers = composed.Where(c => c.Upstream.Members.Contains(route.Name)).ToList();
            callers.ForEach(caller => CheckCallers(section, route, caller));
            CheckHidden(section, route);
            foreach (var rule in route.Policy.Rules)
            {
                CheckVia(section, rule, callers);
            }
        }
    }

    // The caller's token is checked at the composed route alone, so the member has to accept those who pass there.
    private static void CheckCallers(ConfigSection section, RouteSettings member, RouteSettings composed)
    {
        if (member.Oauth.Mode == OauthMode.Passthrough)
        {
            section
                .Section("oauth")
                .Error(
                    "mode",
                    $"The server of this route checks tokens itself, and the callers of {composed.Name} have none for it.",
                    "Write required, with issuers, and credentials for the server."
                );
        }
        else if (
            member.Oauth.Mode == OauthMode.Required
            && (
                composed.Oauth.Mode != OauthMode.Required
                || composed.Oauth.Issuers.Any(i => !member.Oauth.Issuers.Contains(i, StringComparer.Ordinal))
            )
        )
        {
            section
                .Section("oauth")
                .Error(
                    "issuers",
                    $"The route {composed.Name} has callers whom this route does not accept, and its tools call this one.",
                    $"List the issuers of {composed.Name} here, or fewer of them there."
                );
        }
    }

    private static void CheckHidden(ConfigSection section, RouteSettings route)
    {
        if (route.IsExposed)
        {
            return;
        }

        if (route.Upstream is ComposeSettings)
        {
            section.Error(
                "expose",
                "No caller could reach its tools: no step may call a composed tool.",
                "Remove the key."
            );
        }

        foreach (
            var (key, isSet) in new[] { ("hostnames", route.Hostnames.Count > 0), ("certificate", route.IsPublic) }
        )
        {
            if (isSet)
            {
                section.Error(key, "The route has no hostname.", "Remove it, or remove `expose: false`.");
            }
        }
    }

    private static void CheckVia(ConfigSection section, PolicyRule rule, List<RouteSettings> callers)
    {
        foreach (var name in rule.Via.Where(name => callers.TrueForAll(c => c.Name != name)))
        {
            section
                .Section("policy")
                .Error(
                    "rules",
                    $"The rule {rule.Name} is for calls via {name}, and no tool of such a route calls this one.",
                    callers.Count > 0
                        ? $"Write {string.Join(" or ", callers.Select(c => c.Name))}."
                        : "Write a composed route whose steps call this route."
                );
        }
    }

    private static List<ComposedTool> ReadTools(ConfigSection compose, ClaimNames claims, ComposedRoutes routes)
    {
        var sections = compose.Map("tools");
        if (!compose.IsDescribing && sections.Count is 0 or > MaxTools)
        {
            compose.Error("tools", $"The number of tools must be from 1 to {MaxTools}.", "Write at least one.");
        }

        var tools = new List<ComposedTool>();
        foreach (var (name, section) in sections)
        {
            if (!compose.IsDescribing && !IdForm.IsWellFormed(name, "_-.", 64))
            {
                compose.Error(
                    $"tools.{name}",
                    "This is not a tool's name.",
                    "Use 1 to 64 of A-Z a-z 0-9 _ - and a dot."
                );
            }

            if (new ComposedToolReader(section, claims, routes).Read(name) is { } tool)
            {
                tools.Add(tool);
            }
        }

        return tools;
    }
}

/// <param name="All">The names of all routes of the file.</param>
/// <param name="Composed">Those with composed tools, which no step may call.</param>
internal sealed record ComposedRoutes(IReadOnlyCollection<string> All, IReadOnlyCollection<string> Composed);
