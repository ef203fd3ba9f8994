using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>A partial change of the settings (S21); absent members keep their values.</summary>
internal sealed record UpdateTunnelRequest
{
    /// <summary>The revision that the caller saw; null = any.</summary>
    [JsonPropertyName("revision")]
    public long? Revision { get; init; }

    [JsonPropertyName("display_name")]
    public Optional<string?> DisplayName { get; init; }

    [JsonPropertyName("client_source_ranges")]
    public IReadOnlyList<string?>? ClientSourceRanges { get; init; }

    [JsonPropertyName("agent_source_ranges")]
    public IReadOnlyList<string?>? AgentSourceRanges { get; init; }

    /// <summary>Names of the organization's range sets; replaces the list.</summary>
    [JsonPropertyName("client_range_sets")]
    public IReadOnlyList<string?>? ClientRangeSets { get; init; }

    /// <summary>Replaces all four limits.</summary>
    [JsonPropertyName("limits")]
    public TunnelLimitsDocument? Limits { get; init; }

    [JsonPropertyName("affinity")]
    public string? Affinity { get; init; }

    /// <summary>Null = each edge's own setting (S10).</summary>
    [JsonPropertyName("offline_grace_seconds")]
    public Optional<int?> OfflineGraceSeconds { get; init; }

    /// <summary>The port in its routes' URLs, 1 to 65535; afterwards tokens for the old resources are refused.</summary>
    [JsonPropertyName("public_port")]
    public int? PublicPort { get; init; }

    [JsonPropertyName("allow_tunnel_token")]
    public bool? AllowTunnelToken { get; init; }

    /// <summary>Registered edges to pin the tunnel to; replaces the list, an empty one removes the pins.</summary>
    [JsonPropertyName("edge_ids")]
    public IReadOnlyList<string?>? EdgeIds { get; init; }
}
