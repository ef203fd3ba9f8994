using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tunnels.Assignment;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>A tunnel on the wire: the members of the MCP tunnels API, then Culvert's.</summary>
internal sealed record TunnelDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "tunnel";

    [JsonPropertyName("display_name")]
    public required string? DisplayName { get; init; }

    [JsonPropertyName("domain")]
    public required string Domain { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("archived_at")]
    public required DateTime? ArchivedAt { get; init; }

    [JsonPropertyName("organization_id")]
    public required string OrganizationId { get; init; }

    [JsonPropertyName("workspace_id")]
    public required string WorkspaceId { get; init; }

    [JsonPropertyName("revision")]
    public required long Revision { get; init; }

    [JsonPropertyName("client_source_ranges")]
    public required IReadOnlyList<string> ClientSourceRanges { get; init; }

    [JsonPropertyName("agent_source_ranges")]
    public required IReadOnlyList<string> AgentSourceRanges { get; init; }

    [JsonPropertyName("client_range_sets")]
    public required IReadOnlyList<string> ClientRangeSets { get; init; }

    [JsonPropertyName("limits")]
    public required TunnelLimitsDocument Limits { get; init; }

    [JsonPropertyName("affinity")]
    public required string Affinity { get; init; }

    [JsonPropertyName("offline_grace_seconds")]
    public required int? OfflineGraceSeconds { get; init; }

    /// <summary>The port in its routes' URLs; null until an edge has reported one.</summary>
    [JsonPropertyName("public_port")]
    public required int? PublicPort { get; init; }

    [JsonPropertyName("paused_at")]
    public required DateTime? PausedAt { get; init; }

    [JsonPropertyName("allow_tunnel_token")]
    public required bool AllowTunnelToken { get; init; }

    /// <summary>The edges that it is pinned to; empty = assigned only by hashing.</summary>
    [JsonPropertyName("edge_ids")]
    public required IReadOnlyList<string> EdgeIds { get; init; }

    /// <summary>The edges that clients use now, best first.</summary>
    [JsonPropertyName("assigned_edge_ids")]
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
