using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>A claim set as the platform makes it, and what a rule with the preset's <c>match</c> says to it.</summary>
internal sealed record PresetSample
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary><c>allow</c> or <c>deny</c>.</summary>
    [JsonPropertyName("expect")]
    public required string Expect { get; init; }

    /// <summary>Of a denial.</summary>
    [JsonPropertyName("reason")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    [JsonPropertyName("claims")]
    public required JsonElement Claims { get; init; }
}
