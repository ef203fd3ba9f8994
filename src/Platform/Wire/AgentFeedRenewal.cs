using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Requests an early renewal of an authority's leaves.</summary>
public sealed record AgentFeedRenewal
{
    /// <summary>The authority that issued the leaves.</summary>
    [JsonPropertyName("ca_id")]
    public required string CaId { get; init; }

    [JsonPropertyName("suggested_window")]
    public required SuggestedWindow SuggestedWindow { get; init; }

    /// <summary>A page with the reason, for operators.</summary>
    [JsonPropertyName("explanation_url")]
    public string? ExplanationUrl { get; init; }
}
