using Culvert.Platform.Health;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Dialing;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Compose;

namespace Culvert.Tunnel.Agent.Hosting;

internal sealed class AgentReadiness(AgentComponents parts, ConfigWatch<AgentSettings>? watch)
{
    // Set after the first probe of every server and issuer: until then a starting agent is not ready even if some routes
    // are.
    private volatile bool isKnown;

    /// <summary>The checks of <c>/readyz</c>.</summary>
    public IReadOnlyList<ReadinessCheck> Checks =>
        [
            .. parts.Credentials.Checks,
            ReadinessCheck.Create("inner_certificate", CheckLeaf),
            ReadinessCheck.Create("edges", CheckEdges),
            OfRoutes("routes", CheckUnserved),
            OfRoutes("upstreams", CheckUpstreams),
            OfRoutes("issuers", CheckIssuers),
            OfRoutes("audit", CheckAudit),
            ReadinessCheck.Create("audit_unrecorded", CheckUnrecorded) with
            {
                IsAdvisory = true,
            },
            OfRoutes("pins", CheckPins),
            OfRoutes("composed_tools", CheckComposed),
            ReadinessCheck.Create("long_poll", CheckLongPolls),
            ReadinessCheck.Create("connector", CheckConnectors),
            .. watch?.Checks ?? [],
        ];

    // A failure of some routes must not remove the others from a load balancer: it counts only when no route is served.
    private ReadinessCheck OfRoutes(string name, Func<string?> evaluate) =>
        ReadinessCheck.Create(name, evaluate) with
        {
            IsDegraded = ServesARoute,
        };

    private bool ServesARoute()
    {
        var current = parts.Generation;
        isKnown =
            isKnown || (current.Probes.All(p => !p.IsWaiting) && current.Issuers.All(i => i.IsUsable || i.IsFailing));
        return isKnown && current.Probes.Any(p => p.State.IsHealthy != false && IsOpen(p.Route, current));
    }

    private bool IsOpen(Route route, RouteGeneration current) =>
        route.Policy.Closure is null
        && route.Policy.Pins is not { IsQuarantined: true }
        && !parts.Map.Current.Unserved.Contains(route.Name, StringComparer.Ordinal)
        && (
            route.Access.Oauth.Mode != OauthMode.Required
            || current.Issuers.Any(i =>
                i.IsUsable && route.Access.Oauth.Issuers.Contains(i.Issuer.Name, StringComparer.Ordinal)
            )
        )
        && !(NeedsRecord(route.Policy.Mode) && CheckAudit() is not null);

    private static bool NeedsRecord(PolicyMode mode) => mode is PolicyMode.Observe or PolicyMode.Enforce;

    private string? CheckLeaf() =>
        parts.Leaves.IsServing ? null
        : parts.LeafFiles.Problem.Length > 0 ? parts.LeafFiles.Problem
        : parts.Leaves.Current is null ? "No inner-TLS certificate yet."
        : "The inner-TLS certificate has expired.";

    private string? CheckEdges()
    {
        var (feed, settings) = (parts.Credentials.Feed, parts.Generation.Settings);
        var unknown = feed is null ? [] : EdgeChoice.Unknown(feed.Edges, settings.Tunnel.Edges);
        return parts.Fleet.IsStopping ? "The agent is stopping."
            : parts.Fleet.ServingEdges == 0 && unknown.Count > 0
                ? $"No edge is connected; the tunnel does not have these edges: {string.Join(", ", unknown)} (tunnel.edges)."
            : parts.Fleet.ServingEdges == 0 ? "No edge is connected."
            : feed is { Tunnel.PublicPort: null }
            && settings.Routes.Any(r => r.Oauth is { Mode: OauthMode.Required, Resource: "" })
                ? "No edge has reported its port for clients yet: resource URLs would have the wrong port."
            : null;
    }

    private string? CheckUnserved() =>
        parts.Map.Current.Unserved is { Count: > 0 } unserved
            ? $"Not served, as an audience is another route's resource: {string.Join(", ", unserved)}."
            : null;

    // Checks the issuers that routes trust: without their keys those routes respond with 503.
    private string? CheckIssuers()
    {
        var unhealthy = parts.Generation.Issuers.Where(i => !i.IsUsable).Select(i => i.Problem).ToList();
        return unhealthy.Count > 0 ? $"No usable keys of the issuer: {string.Join(", ", unhealthy)}." : null;
    }

    private string? CheckAudit() =>
        parts.Trail.Problem is { } problem
        && parts.Generation.Settings.Audit.DeniesWhenFull
        && parts.Generation.Settings.Routes.Any(r => NeedsRecord(r.Policy.Mode))
            ? $"Calls cannot be recorded: {problem}"
            : null;

    // Advisory: by the operator's choice, or without a written policy, calls are served without a record.
    private string? CheckUnrecorded() =>
        parts.Trail.Problem is { } problem
        && CheckAudit() is null
        && parts.Generation.Settings.Routes.Any(r => r.Policy.Mode != PolicyMode.Off)
            ? $"Calls are served without a record: {problem}"
            : null;

    // Finds routes that serve no call because of their pins.
    private string? CheckPins()
    {
        var pins = parts.Generation.Routes.Select(r => r.Policy.Pins).OfType<RoutePins>().ToList();
        var quarantined = pins.Where(p => p.Closed is null && p.IsQuarantined).Select(p => p.State.Route).ToList();
        var problems = pins.Where(p => p.Closed is not null)
            .Select(p => $"The route {p.State.Route} is closed: {p.Closed}")
            .ToList();
        if (quarantined.Count > 0)
        {
            problems.Add($"In quarantine: {string.Join(", ", quarantined)}.");
        }

        return Join(problems);
    }

    // Finds composed tools that a member prevents.
    private string? CheckComposed() =>
        parts.Generation.Routes.SelectMany(ComposeUpstream.FindUnavailable).ToList() is { Count: > 0 } tools
            ? $"Not available: {string.Join(", ", tools)}."
            : null;

    private string? CheckLongPolls() =>
        Join(parts.LongPolls.Status.Where(t => t.Problem is not null).Select(t => $"Tunnel {t.TunnelId}: {t.Problem}"));

    private string? CheckConnectors() =>
        Join(parts.Connectors.Status.Where(t => t.Problem is not null).Select(t => $"Tunnel {t.Domain}: {t.Problem}"));

    // Lists all problems, so that the operator can fix them together.
    private static string? Join(IEnumerable<string> problems) =>
        string.Join(" ", problems) is { Length: > 0 } all ? all : null;

    private string? CheckUpstreams()
    {
        var probes = parts.Generation.Probes;
        var unhealthy = probes.Where(p => p.State.IsHealthy == false).Select(p => p.Route.Name).ToList();
        var unknown = probes.Where(p => p.IsWaiting).Select(p => p.Route.Name).ToList();
        return unhealthy.Count > 0 ? $"No connection to the upstream of: {string.Join(", ", unhealthy)}."
            : unknown.Count > 0 ? $"Not probed yet: {string.Join(", ", unknown)}."
            : null;
    }
}
