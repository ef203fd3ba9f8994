using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Upstreams;

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

    /// <summary>The key of a route that serves the tunnel domain itself, as in a zone file.</summary>
    public const string BareDomain = "@";

    public string HostnameUnder(string domain) => HostnameUnder(Name, domain);

    public static string HostnameUnder(string name, string domain) => name == BareDomain ? domain : $"{name}.{domain}";
}
