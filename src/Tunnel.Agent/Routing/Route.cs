using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Policy;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>One served hostname.</summary>
/// <param name="Name">The route's key in the configuration.</param>
/// <param name="Upstream">What answers its requests.</param>
/// <param name="AllowedOrigins">Browser origins that may call it, compared byte for byte (P5).</param>
/// <param name="Access">Who may call it.</param>
internal sealed record Route(string Name, Upstream Upstream, IReadOnlyList<string> AllowedOrigins, RouteAccess Access)
{
    /// <summary>What may be used and seen of it, and by whom.</summary>
    public RoutePolicy Policy { get; init; } = RoutePolicy.Off;

    /// <summary>Custom names in addition to the one under the tunnel domain.</summary>
    public IReadOnlyList<string> Hostnames { get; init; } = [];

    /// <summary>Its names get certificates of a public CA.</summary>
    public bool IsPublic { get; init; }

    /// <summary>The key of a route that serves the tunnel domain itself, as in a zone file.</summary>
    public const string BareDomain = "@";

    public string HostnameUnder(string domain) => HostnameUnder(Name, domain);

    /// <summary>Every name it is served under: that of the tunnel domain, and those of its own that are active there.</summary>
    public IEnumerable<string> NamesUnder(string domain, IReadOnlyCollection<string> active) =>
        [HostnameUnder(domain), .. Hostnames.Where(h => active.Contains(h, StringComparer.OrdinalIgnoreCase))];

    /// <summary>The route that has this hostname under the domain; null: the hostname is not of that domain.</summary>
    public static string? NameUnder(string hostname, string domain) =>
        hostname == domain ? BareDomain
        : hostname.EndsWith($".{domain}", StringComparison.Ordinal) ? hostname[..^(domain.Length + 1)]
        : null;

    public static string HostnameUnder(string name, string domain) => name == BareDomain ? domain : $"{name}.{domain}";
}
