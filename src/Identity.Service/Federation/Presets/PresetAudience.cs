using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <param name="Defaults">
/// The platform's default audiences, as patterns (<c>*</c> = anything): every other service that trusts the platform
/// accepts those tokens too.
/// </param>
/// <param name="Fixed">The platform allows no other audience: a rule must then name it.</param>
internal sealed record PresetAudience(
    IReadOnlyList<string> Defaults,
    bool Fixed = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note = null
);
