using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Policy;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>One served hostname.</summary>
/// <param name="AllowedOrigins">Browser origins that may call it, compared byte for byte (P5).</param>
internal sealed record Route(string Name, Upstream Upstream, IReadOnlyList<string> AllowedOrigins, RouteAccess Access)
{
    /// <summary>Which targets may be used and seen, and by which callers.</summary>
    public RoutePolicy Policy { get; init; } = RoutePolicy.Off;

    public IReadOnlyList<string> Hostnames { get; init; } = [];

    /// <summary>False: it has no hostname, and only composed tools call it.</summary>
    public bool IsExposed { get; init; } = true;

    /// <summary>The routes whose tools its composed tools call; none for other routes.</summary>
    public IReadOnlyList<Route> Members { get; init; } = [];

    /// <summary>
    /// Holds its upstream, and those of its members, until <see cref="Release()"/>. False: one of them is replaced already.
    /// </summary>
    public bool TryEnter()
    {
        if (!Upstream.Use.TryEnter())
        {
            return false;
        }

        for (var i = 0; i < Members.Count; i++)
        {
            if (!Members[i].Upstream.Use.TryEnter())
            {
                Release(i);
                return false;
            }
        }

        return true;
    }

    public void Release() => Release(Members.Count);

    /// <summary>True if its names get certificates of a public CA.</summary>
    public bool IsPublic { get; init; }

    /// <summary>The key of a route that serves the tunnel domain itself, as in a zone file.</summary>
    public const string BareDomain = "@";

    public string HostnameUnder(string domain) => HostnameUnder(Name, domain);

    /// <summary>All names that it is served under: that of the tunnel domain, and its active custom hostnames.</summary>
    public IEnumerable<string> NamesUnder(string domain, IReadOnlyCollection<string> active) =>
        [HostnameUnder(domain), .. Hostnames.Where(h => active.Contains(h, StringComparer.OrdinalIgnoreCase))];

    /// <summary>The key of the route with this hostname; null: the hostname is not under the domain.</summary>
    public static string? NameUnder(string hostname, string domain) =>
        hostname == domain ? BareDomain
        : hostname.EndsWith($".{domain}", StringComparison.Ordinal) ? hostname[..^(domain.Length + 1)]
        : null;

    private void Release(int members)
    {
        for (var i = 0; i < members; i++)
        {
            Members[i].Upstream.Use.Release();
        }

        Upstream.Use.Release();
    }

    public static string HostnameUnder(string name, string domain) => name == BareDomain ? domain : $"{name}.{domain}";
}
