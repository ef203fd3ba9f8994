using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A tunnel as an edge sees it.</summary>
public sealed record EdgeFeedTunnel
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("domain")]
    public required string Domain { get; init; }

    [JsonPropertyName("organization_id")]
    public required string OrganizationId { get; init; }

    [JsonPropertyName("workspace_id")]
    public required string WorkspaceId { get; init; }

    /// <summary>One of <see cref="TunnelStatus"/>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>CIDR ranges that clients may come from; empty refuses SNI traffic (S21).</summary>
    [JsonPropertyName("client_source_ranges")]
    public required IReadOnlyList<string> ClientSourceRanges { get; init; }

    /// <summary>CIDR ranges that agents may come from; empty allows every address (S21).</summary>
    [JsonPropertyName("agent_source_ranges")]
    public required IReadOnlyList<string> AgentSourceRanges { get; init; }
}
