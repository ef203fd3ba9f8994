using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>A claim set as the platform issues it, and the result of a rule with the preset's <c>match</c>.</summary>
internal sealed record PresetSample
{
    /// <summary>The placeholder in the catalogue for this installation's public URL.</summary>
    public const string ExampleAudience = "https://identity.example:8443";

    public required string Name { get; init; }

    /// <summary><c>allow</c> or <c>deny</c>.</summary>
    public required string Expect { get; init; }

    /// <summary>Why the rule denies the sample; null if it allows it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    public required JsonElement Claims { get; init; }

    /// <summary>The claims, for the installation with that public URL.</summary>
    public string ClaimsFor(string publicUrl) =>
        Claims
            .GetRawText()
            .Replace($"\"{ExampleAudience}\"", $"\"{JsonEncodedText.Encode(publicUrl)}\"", StringComparison.Ordinal);
}
