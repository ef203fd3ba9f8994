using Culvert.Identity.Service.Tunnels.Assignment;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>A tunnel on the wire: the members of the MCP tunnels API, then Culvert's.</summary>
internal sealed record TunnelDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "tunnel";

    public required string? DisplayName { get; init; }

    public required string Domain { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime? ArchivedAt { get; init; }

    public required string OrganizationId { get; init; }

    public required string WorkspaceId { get; init; }

    public required long Revision { get; init; }

    public required IReadOnlyList<string> ClientSourceRanges { get; init; }

    public required IReadOnlyList<string> AgentSourceRanges { get; init; }

    public required IReadOnlyList<string> ClientRangeSets { get; init; }

    public required TunnelLimitsDocument Limits { get; init; }

    public required string Affinity { get; init; }

    public required int? OfflineGraceSeconds { get; init; }

    /// <summary>The port in its routes' URLs; null until an edge has reported one.</summary>
    public required int? PublicPort { get; init; }

    public required DateTime? PausedAt { get; init; }

    public required bool AllowTunnelToken { get; init; }

    /// <summary>The edges that it is pinned to; empty = assigned only by hashing.</summary>
    public required IReadOnlyList<string> EdgeIds { get; init; }

    /// <summary>The edges that clients use now, best first.</summary>
    public required IReadOnlyList<string> AssignedEdgeIds { get; init; }

    public static TunnelDocument Of(Tunnel tunnel, TunnelAssignment assignment) =>
        new()
        {
            Id = tunnel.Id.Value,
            DisplayName = tunnel.DisplayName,
            Domain = tunnel.Domain,
            CreatedAt = tunnel.CreatedAt.UtcDateTime,
            ArchivedAt = tunnel.ArchivedAt?.UtcDateTime,
            OrganizationId = tunnel.OrganizationId,
            WorkspaceId = tunnel.WorkspaceId,
            Revision = tunnel.Revision,
            ClientSourceRanges = tunnel.ClientSourceRanges,
            AgentSourceRanges = tunnel.AgentSourceRanges,
            ClientRangeSets = tunnel.ClientRangeSets,
            Limits = TunnelLimitsDocument.Of(tunnel.Limits),
            Affinity = tunnel.Affinity,
            OfflineGraceSeconds = tunnel.OfflineGraceSeconds,
            PublicPort = tunnel.PublicPort,
            PausedAt = tunnel.PausedAt?.UtcDateTime,
            AllowTunnelToken = tunnel.AllowTunnelToken,
            EdgeIds = tunnel.EdgeIds,
            AssignedEdgeIds = tunnel.IsArchived ? [] : assignment.Assigned,
        };
}
