using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Leaves of one authority are to be renewed earlier than they say themselves.</summary>
public sealed record AgentFeedRenewal
{
    /// <summary>The authority whose leaves are meant.</summary>
    [JsonPropertyName("ca_id")]
    public required string CaId { get; init; }

    [JsonPropertyName("suggested_window")]
    public required SuggestedWindow SuggestedWindow { get; init; }

    /// <summary>Where operators find out why.</summary>
    [JsonPropertyName("explanation_url")]
    public string? ExplanationUrl { get; init; }
}
