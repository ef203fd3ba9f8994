using System.Collections.Frozen;
using System.Text;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>
/// Hostname to route, for one state of the tunnel. Immutable and swapped whole: a request reads one table from start
/// to end. Routes come from the agent's own file alone; the feed decides the domain they hang under and may pause
/// them, never add one (S28).
/// </summary>
internal sealed class RouteTable
{
    /// <summary>Before the first feed: no name is ours.</summary>
    public static readonly RouteTable Empty = new("", active: false, []);

    private const int HttpsPort = 443;

    private readonly FrozenDictionary<string, ServedRoute> hosts;
    private readonly string suffix;

    /// <param name="domain">What routes are labels under.</param>
    /// <param name="active">False while the tunnel is paused or archived.</param>
    /// <param name="routes">The agent's own.</param>
    /// <param name="publicPort">What clients dial at the edges.</param>
    public RouteTable(string domain, bool active, IEnumerable<Route> routes, int publicPort = HttpsPort)
    {
        PublicPort = publicPort;
        Domain = domain;
        IsActive = active;
        suffix = "." + domain;
        var all = routes
            .Select(r => new ServedRoute(
                r,
                new ProtectedResource(
                    r.Access.Oauth,
                    r.Access.AuthorizationServers,
                    r.HostnameUnder(domain),
                    publicPort
                )
            ))
            .ToList();
        Unserved = [.. all.Where(r => all.Any(other => TakesTokensOf(r, other))).Select(r => r.Route.Name)];
        hosts = all.Where(r => !Unserved.Contains(r.Route.Name, StringComparer.Ordinal))
            .ToFrozenDictionary(r => r.Route.HostnameUnder(domain), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Names of routes that are left out because a token for another route would open them (A8). What the configuration
    /// says is checked when it is read; a resource that follows from domain and port is known here alone.
    /// </summary>
    public IReadOnlyList<string> Unserved { get; }

    /// <summary>Held by every exchange from its first look at the table to its end.</summary>
    public RouteUse Use { get; init; } = new();

    public int PublicPort { get; }

    public string Domain { get; }

    /// <summary>False while the tunnel is paused or archived.</summary>
    public bool IsActive { get; }

    public int Count => hosts.Count;

    /// <summary>True for the tunnel domain and for one label under it: what the leaf speaks for.</summary>
    public bool IsOwnName(string host) =>
        Domain.Length > 0
        && (
            host.Equals(Domain, StringComparison.OrdinalIgnoreCase)
            || (
                host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
                && host.Length > suffix.Length
                && !host.AsSpan(0, host.Length - suffix.Length).Contains('.')
            )
        );

    public ServedRoute? Find(string host) => hosts.GetValueOrDefault(host);

    private static bool TakesTokensOf(ServedRoute route, ServedRoute other)
    {
        if (
            route == other
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
