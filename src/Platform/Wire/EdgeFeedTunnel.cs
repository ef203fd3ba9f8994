using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A tunnel as an edge sees it.</summary>
/// <param name="Status">One of <see cref="TunnelStatus"/>.</param>
/// <param name="ClientSourceRanges">
/// CIDR ranges from which clients may connect; empty refuses SNI traffic (S21).
/// </param>
/// <param name="AgentSourceRanges">CIDR ranges from which agents may connect; empty allows every address (S21).</param>
/// <param name="Affinity">One of <see cref="TunnelAffinity"/>; null: by hostname.</param>
/// <param name="OfflineGraceSeconds">
/// How long its agents are accepted without contact to the service (S10); null: the edge's setting.
/// </param>
/// <param name="Limits">Null: the edge's defaults.</param>
/// <param name="ClientAuthorities">
/// CAs whose certificates are accepted at the CONNECT ingress (S22); null: none.
/// </param>
/// <param name="Disconnects">Recent disconnections of agents; null: none.</param>
/// <param name="Hostnames">Active hostnames besides the domain (S26); null: none.</param>
public sealed record EdgeFeedTunnel(
    string Id,
    string Domain,
    string OrganizationId,
    string WorkspaceId,
    string Status,
    IReadOnlyList<string> ClientSourceRanges,
    IReadOnlyList<string> AgentSourceRanges,
    string? Affinity = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? OfflineGraceSeconds = null,
    EdgeFeedTunnelLimits? Limits = null,
    [property: JsonPropertyName("client_certificate_authorities")]
        IReadOnlyList<EdgeFeedClientAuthority>? ClientAuthorities = null,
    IReadOnlyList<EdgeFeedDisconnect>? Disconnects = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Hostnames = null
);
