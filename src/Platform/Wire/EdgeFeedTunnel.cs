using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A tunnel as an edge sees it.</summary>
public sealed record EdgeFeedTunnel
{
    public required string Id { get; init; }

    public required string Domain { get; init; }

    public required string OrganizationId { get; init; }

    public required string WorkspaceId { get; init; }

    /// <summary>One of <see cref="TunnelStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>CIDR ranges from which clients may connect; empty refuses SNI traffic (S21).</summary>
    public required IReadOnlyList<string> ClientSourceRanges { get; init; }

    /// <summary>CIDR ranges from which agents may connect; empty allows every address (S21).</summary>
    public required IReadOnlyList<string> AgentSourceRanges { get; init; }

    /// <summary>One of <see cref="TunnelAffinity"/>; null: by hostname.</summary>
    public string? Affinity { get; init; }

    /// <summary>How long its agents are accepted without contact to the service (S10); null: the edge's setting.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? OfflineGraceSeconds { get; init; }

    /// <summary>Null: the edge's defaults.</summary>
    public EdgeFeedTunnelLimits? Limits { get; init; }

    /// <summary>CAs whose certificates are accepted at the CONNECT ingress (S22); null: none.</summary>
    [JsonPropertyName("client_certificate_authorities")]
    public IReadOnlyList<EdgeFeedClientAuthority>? ClientAuthorities { get; init; }

    /// <summary>Recent disconnections of agents; null: none.</summary>
    public IReadOnlyList<EdgeFeedDisconnect>? Disconnects { get; init; }

    /// <summary>Active hostnames besides the domain (S26); null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Hostnames { get; init; }
}
