using System.Text.Json.Serialization;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>A partial change of the settings (S21); absent members stay as they are.</summary>
internal sealed record UpdateTunnelRequest
{
    /// <summary>The revision that the caller saw; null = change whatever is there.</summary>
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

    /// <summary>Replaces all four.</summary>
    [JsonPropertyName("limits")]
    public TunnelLimitsDocument? Limits { get; init; }

    [JsonPropertyName("affinity")]
    public string? Affinity { get; init; }

    /// <summary>Null = each edge's own (S10).</summary>
    [JsonPropertyName("offline_grace_seconds")]
    public Optional<int?> OfflineGraceSeconds { get; init; }

    /// <summary>The port in the URLs of its routes, 1 to 65535: tokens for the old resources are refused from then on.</summary>
    [JsonPropertyName("public_port")]
    public int? PublicPort { get; init; }

    [JsonPropertyName("allow_tunnel_token")]
    public bool? AllowTunnelToken { get; init; }

    /// <summary>Registered edges that the tunnel is pinned to; replaces the list, an empty one removes the pins.</summary>
    [JsonPropertyName("edge_ids")]
    public IReadOnlyList<string?>? EdgeIds { get; init; }
}
