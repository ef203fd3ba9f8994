using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels;

internal static class TunnelEvents
{
    public static AuditEvent Created(AuditOrigin origin, Tunnel tunnel) =>
        About(
            AuditEvents.TunnelCreated,
            origin,
            tunnel,
            [("domain", tunnel.Domain), ("display_name", tunnel.DisplayName), ("workspace_id", tunnel.WorkspaceId)]
        );

    /// <summary>A change of settings with the old values: widening a source range is a security decision.</summary>
    public static AuditEvent Updated(AuditOrigin origin, Tunnel before, Tunnel after) =>
        About(
            AuditEvents.TunnelUpdated,
            origin,
            after,
            [("revision", after.Revision), ("before", Settings(before)), ("after", Settings(after))]
        );

    public static AuditEvent Paused(AuditOrigin origin, Tunnel tunnel, string? reason) =>
        About(AuditEvents.TunnelPaused, origin, tunnel, [("domain", tunnel.Domain), ("reason", reason)]);

    public static AuditEvent Resumed(AuditOrigin origin, Tunnel tunnel, string? reason) =>
        About(AuditEvents.TunnelResumed, origin, tunnel, [("domain", tunnel.Domain), ("reason", reason)]);

    public static AuditEvent Archived(AuditOrigin origin, Tunnel tunnel, string? reason) =>
        About(AuditEvents.TunnelArchived, origin, tunnel, [("domain", tunnel.Domain), ("reason", reason)]);

    public static AuditEvent TokenRevealed(AuditOrigin origin, Tunnel tunnel, string? reason) =>
        About(
            AuditEvents.TunnelTokenRevealed,
            origin,
            tunnel,
            [("tunnel_token_id", tunnel.TokenId.Value), ("reason", reason)]
        );

    public static AuditEvent TokenRotated(AuditOrigin origin, Tunnel before, TunnelTokenId after, string? reason) =>
        About(
            AuditEvents.TunnelTokenRotated,
            origin,
            before,
            [("tunnel_token_id", after.Value), ("replaced_tunnel_token_id", before.TokenId.Value), ("reason", reason)]
        );

    private static AuditEvent About(string name, AuditOrigin origin, Tunnel tunnel, AuditData data) =>
        new(
            name,
            origin,
            tunnel.OrganizationId,
            [new("tunnel", tunnel.Id.Value)],
            [("tunnel_id", tunnel.Id.Value), .. data]
        );

    private static AuditData Settings(Tunnel tunnel) =>
        [
            ("display_name", tunnel.DisplayName),
            ("client_source_ranges", tunnel.ClientSourceRanges),
            ("agent_source_ranges", tunnel.AgentSourceRanges),
            ("client_range_sets", tunnel.ClientRangeSets),
            ("limits", Limits(tunnel.Limits)),
            ("affinity", tunnel.Affinity),
            ("offline_grace_seconds", tunnel.OfflineGraceSeconds),
            ("public_port", tunnel.PublicPort),
            ("allow_tunnel_token", tunnel.AllowTunnelToken),
            ("edge_ids", tunnel.EdgeIds),
            ("assertion_audiences", tunnel.AssertionAudiences),
        ];

    private static AuditData Limits(TunnelLimits limits) =>
        [
            ("max_connections", limits.MaxConnections),
            ("new_connections", limits.NewConnections),
            ("bytes_per_second", limits.BytesPerSecond),
            ("open_streams", limits.OpenStreams),
        ];
}
