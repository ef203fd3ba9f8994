using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>
/// Addresses, as patterns: <c>*</c> matches a part without <c>/</c> and <c>.</c>, <c>**</c> a part without <c>/</c>.
/// They identify a platform and never make it trusted: only the issuer's own URL is.
/// </summary>
internal sealed record PresetIssuer
{
    /// <summary>Issuers that sign for all customers of the platform.</summary>
    public required IReadOnlyList<string> Shared { get; init; }

    /// <summary>Issuers that sign for one customer.</summary>
    public required IReadOnlyList<string> Dedicated { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }
}
