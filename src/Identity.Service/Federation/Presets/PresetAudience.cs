using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

internal sealed record PresetAudience
{
    /// <summary>
    /// The platform's default audiences, as patterns (<c>*</c> = anything): every other service that trusts the
    /// platform accepts those tokens too.
    /// </summary>
    public required IReadOnlyList<string> Defaults { get; init; }

    /// <summary>The platform allows no other audience: a rule must then name it.</summary>
    public bool Fixed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }
}
