using System.Collections.Frozen;
using Culvert.Tunnel.Agent.Authorization;

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
        hosts = routes.ToFrozenDictionary(
            r => r.HostnameUnder(domain),
            r => new ServedRoute(
                r,
                new ProtectedResource(
                    r.Access.Oauth,
                    r.Access.AuthorizationServers,
                    r.HostnameUnder(domain),
                    publicPort
                )
            ),
            StringComparer.OrdinalIgnoreCase
        );
    }

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
}
