using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels.Edges;

/// <summary>A registered edge: a relay of the installation (S6).</summary>
internal sealed record Edge
{
    public required EdgeId Id { get; init; }

    public long Ordinal { get; init; }

    public required string Name { get; init; }

    /// <summary><c>host:port</c>, where agents connect.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>For its certificate.</summary>
    public required IReadOnlyList<string> DnsNames { get; init; }

    /// <summary>The port for clients, as last reported; null until then.</summary>
    public int? PublicPort { get; init; }

    /// <summary>The port for clients of its CONNECT ingress, as last reported; null = it has none.</summary>
    public int? ConnectPort { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it drains agents and clients to other edges; null = it serves.</summary>
    public DateTimeOffset? DrainingAt { get; init; }

    public DateTimeOffset? ArchivedAt { get; init; }
}
