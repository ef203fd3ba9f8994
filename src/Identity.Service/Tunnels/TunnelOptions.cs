using Culvert.Identity.Service.Tunnels.Hostnames;

namespace Culvert.Identity.Service.Tunnels;

internal sealed record TunnelOptions
{
    /// <summary>New tunnels get <c>&lt;random&gt;.&lt;suffix&gt;</c>.</summary>
    public string DomainSuffix { get; init; } = "tunnel.example.com";

    /// <summary>Maximum number of unarchived tunnels of an organization.</summary>
    public int PerOrganization { get; init; } = 10;

    /// <summary>CIDR; copied to new tunnels. Empty = SNI traffic is refused until ranges are set (S21).</summary>
    public IReadOnlyList<string> DefaultClientRanges { get; init; } = [];

    /// <summary>CIDR; copied to new tunnels. Empty = any address (S21).</summary>
    public IReadOnlyList<string> DefaultAgentRanges { get; init; } = [];

    public const int DefaultEdgesPerTunnel = 2;

    /// <summary>Number of edges assigned to each tunnel without pins (S6).</summary>
    public int EdgesPerTunnel { get; init; } = DefaultEdgesPerTunnel;

    /// <summary>How long an edge serves a tunnel after losing it; longer than clients cache its address.</summary>
    public TimeSpan EdgeHandover { get; init; } = TimeSpan.FromMinutes(10);

    public HostnameOptions Hostnames { get; init; } = new();
}
