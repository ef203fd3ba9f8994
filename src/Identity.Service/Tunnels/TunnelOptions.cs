using Culvert.Identity.Service.Tunnels.Hostnames;

namespace Culvert.Identity.Service.Tunnels;

internal sealed record TunnelOptions
{
    /// <summary>New tunnels get <c>&lt;random&gt;.&lt;suffix&gt;</c>.</summary>
    public string DomainSuffix { get; init; } = "tunnel.example.com";

    /// <summary>Unarchived tunnels of one organization.</summary>
    public int PerOrganization { get; init; } = 10;

    /// <summary>CIDR; copied to new tunnels. None = SNI traffic is refused until some are set (S21).</summary>
    public IReadOnlyList<string> DefaultClientRanges { get; init; } = [];

    /// <summary>CIDR; copied to new tunnels. None = any address (S21).</summary>
    public IReadOnlyList<string> DefaultAgentRanges { get; init; } = [];

    public const int DefaultEdgesPerTunnel = 2;

    /// <summary>Edges that each tunnel without pins is assigned (S6); all while there are no more.</summary>
    public int EdgesPerTunnel { get; init; } = DefaultEdgesPerTunnel;

    /// <summary>How long an edge serves a tunnel that it is no longer assigned: longer than clients keep its address.</summary>
    public TimeSpan EdgeHandover { get; init; } = TimeSpan.FromMinutes(10);

    public HostnameOptions Hostnames { get; init; } = new();
}
