using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tunnels.Assignment;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>A tunnel on the wire: the members of the MCP tunnels API, then Culvert's.</summary>
/// <param name="PublicPort">The port in its routes' URLs; null until an edge has reported one.</param>
/// <param name="EdgeIds">The edges that it is pinned to; empty = assigned only by hashing.</param>
/// <param name="AssertionAudiences">The audiences for which its agents may request assertions; empty = none.</param>
/// <param name="AssignedEdgeIds">The edges that clients use now, best first.</param>
internal sealed record TunnelDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string? DisplayName,
    string Domain,
    DateTime CreatedAt,
    DateTime? ArchivedAt,
    string OrganizationId,
    string WorkspaceId,
    long Revision,
    IReadOnlyList<string> ClientSourceRanges,
    IReadOnlyList<string> AgentSourceRanges,
    IReadOnlyList<string> ClientRangeSets,
    TunnelLimitsDocument Limits,
    string Affinity,
    int? OfflineGraceSeconds,
    int? PublicPort,
    DateTime? PausedAt,
    bool AllowTunnelToken,
    IReadOnlyList<string> EdgeIds,
    IReadOnlyList<string> AssertionAudiences,
    IReadOnlyList<string> AssignedEdgeIds
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "tunnel";

    public static TunnelDocument From(Tunnel tunnel, TunnelAssignment assignment) =>
        new(
            Id: tunnel.Id.Value,
            DisplayName: tunnel.DisplayName,
            Domain: tunnel.Domain,
            CreatedAt: tunnel.CreatedAt.UtcDateTime,
            ArchivedAt: tunnel.ArchivedAt?.UtcDateTime,
            OrganizationId: tunnel.OrganizationId,
            WorkspaceId: tunnel.WorkspaceId,
            Revision: tunnel.Revision,
            ClientSourceRanges: tunnel.ClientSourceRanges,
            AgentSourceRanges: tunnel.AgentSourceRanges,
            ClientRangeSets: tunnel.ClientRangeSets,
            Limits: TunnelLimitsDocument.From(tunnel.Limits),
            Affinity: tunnel.Affinity,
            OfflineGraceSeconds: tunnel.OfflineGraceSeconds,
            PublicPort: tunnel.PublicPort,
            PausedAt: tunnel.PausedAt?.UtcDateTime,
            AllowTunnelToken: tunnel.AllowTunnelToken,
            EdgeIds: tunnel.EdgeIds,
            AssertionAudiences: tunnel.AssertionAudiences,
            AssignedEdgeIds: tunnel.IsArchived ? [] : assignment.Assigned
        );
}
