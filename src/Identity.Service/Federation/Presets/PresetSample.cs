using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>A claim set as the platform makes it, and what a rule with the preset's <c>match</c> says to it.</summary>
internal sealed record PresetSample
{
    /// <summary>Is in the catalogue where a token made for this installation has its public URL.</summary>
    public const string ExampleAudience = "https://identity.example:8443";

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

    /// <summary>The claims, for the installation with that public URL.</summary>
    public string ClaimsFor(string publicUrl) =>
        Claims
            .GetRawText()
            .Replace($"\"{ExampleAudience}\"", $"\"{JsonEncodedText.Encode(publicUrl)}\"", StringComparison.Ordinal);
}
