using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>Values that an issuer with the preset gets if its request does not set them.</summary>
internal sealed record PresetDefaults
{
    [JsonPropertyName("algorithms")]
    public required IReadOnlyList<string> Algorithms { get; init; }

    [JsonPropertyName("types")]
    public required IReadOnlyList<string> Types { get; init; }

    [JsonPropertyName("max_jwt_lifetime_seconds")]
    public required int MaxJwtLifetimeSeconds { get; init; }

    [JsonPropertyName("replay_mode")]
    public required string ReplayMode { get; init; }
}
