using System.Collections.Frozen;
using System.Text;
using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>
/// Hostname to route, for one state of the tunnel. Immutable and replaced whole: a request uses one table from start to
/// end. Routes come only from the agent's own file; the feed determines their domain and may pause them, but never adds a
/// route (S28).
/// </summary>
internal sealed class RouteTable
{
    /// <summary>The table before the first feed, without hostnames.</summary>
    public static readonly RouteTable Empty = new("", active: false, []);

    private const int HttpsPort = 443;

    private readonly FrozenDictionary<string, ServedRoute> hosts;
    private readonly string suffix;

    /// <param name="active">False while the tunnel is paused or archived.</param>
    /// <param name="hostnames">The active custom hostnames of the tunnel (S26); none when null.</param>
    public RouteTable(
        string domain,
        bool active,
        IReadOnlyList<Route> routes,
        int publicPort = HttpsPort,
        IReadOnlyCollection<string>? hostnames = null
    )
    {
        Hostnames = hostnames ?? [];
        Routes = routes;
        PublicPort = publicPort;
        Domain = domain;
        IsActive = active;
        suffix = "." + domain;
        var fronted = routes
            .Select(r => (Route: r, Issuer: FindFrontedIssuer(r)))
            .Where(f => f.Issuer is not null)
            .ToList();
        var all = routes
            .Where(r => r.IsExposed)
            .SelectMany(r =>
                r.NamesUnder(domain, Hostnames)
                    .Select(name => new ServedRoute(
                        r,
                        name,
                        new ProtectedResource(
                            r.Access.Oauth,
                            [.. r.Access.AuthorizationServers.Select(a => NameFor(a, fronted))],
                            name,
                            publicPort
                        ),
                        fronted.Find(f => f.Route == r).Issuer
                    ))
            )
            .ToList();
        Unserved = [.. all.Where(r => all.Any(other => AcceptsTokens(r, other))).Select(r => r.Route.Name).Distinct()];
        hosts = all.Where(r => !Unserved.Contains(r.Route.Name, StringComparer.Ordinal))
            .DistinctBy(r => r.Hostname, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(r => r.Hostname, StringComparer.OrdinalIgnoreCase);
    }

    // The issuer URL for clients: the issuer's own, or that of the route to its server.
    private static string NameFor(string issuer, IEnumerable<(Route Route, FrontedIssuer? Issuer)> fronted) =>
        fronted.FirstOrDefault(f => f.Route.Access.AuthorizationServers[0] == issuer).Issuer?.Advertised ?? issuer;

    private FrontedIssuer? FindFrontedIssuer(Route route) =>
        route
            is {
                Access: { Oauth.AuthorizationServer: { } settings, AuthorizationServers: [var issuer] },
                Upstream.Settings.WebOrigins: { Count: > 0 } origins
            }
            ? new FrontedIssuer(settings, issuer, origins, route.HostnameUnder(Domain), PublicPort)
            : null;

    /// <summary>
    /// Routes that are not served because a token for another route would be valid at them (A8). The configuration reader
    /// checks explicit resources; a resource that derives from domain and port is known only here.
    /// </summary>
    public IReadOnlyList<string> Unserved { get; }

    public IReadOnlyList<Route> Routes { get; }

    public int PublicPort { get; }

    public string Domain { get; }

    /// <summary>False while the tunnel is paused or archived.</summary>
    public bool IsActive { get; }

    public int Count => hosts.Count;

    /// <summary>The active custom hostnames of the tunnel.</summary>
    public IReadOnlyCollection<string> Hostnames { get; }

    /// <summary>Names in force that get certificates of a public CA.</summary>
    public IReadOnlyList<string> PublicNames =>
        [.. hosts.Values.Where(r => r.Route.IsPublic).Select(r => r.Hostname).Order(StringComparer.Ordinal)];

    /// <summary>True for the tunnel domain, one label under it, and the custom hostnames of routes.</summary>
    public bool IsOwnName(string host) =>
        Domain.Length > 0
        && (
            host.Equals(Domain, StringComparison.OrdinalIgnoreCase)
            || (
                host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && host.Length > suffix.Length
                && !host.AsSpan(0, host.Length - suffix.Length).Contains('.')
            )
            || hosts.ContainsKey(host)
        );

    public ServedRoute? Find(string host) => hosts.GetValueOrDefault(host);

    private static bool AcceptsTokens(ServedRoute route, ServedRoute other)
    {
        if (
            route.Route == other.Route
            || route.Route.Access.Oauth.Mode != OauthMode.Required
            || other.Route.Access.Oauth is not { Mode: OauthMode.Required, Resource.Length: 0 }
        )
        {
            return false;
        }

        var resource = Encoding.UTF8.GetBytes(other.Resource.Resource);
        return route.Resource.Audiences.Any(a => a.AsSpan().SequenceEqual(resource));
    }
}
