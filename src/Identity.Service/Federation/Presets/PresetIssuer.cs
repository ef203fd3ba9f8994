using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>
/// Addresses, as patterns: <c>*</c> matches a part without <c>/</c> and <c>.</c>, <c>**</c> a part without <c>/</c>.
/// They identify a platform and never make it trusted: only the issuer's own URL is.
/// </summary>
/// <param name="Shared">Issuers that sign for all customers of the platform.</param>
/// <param name="Dedicated">Issuers that sign for one customer.</param>
internal sealed record PresetIssuer(
    IReadOnlyList<string> Shared,
    IReadOnlyList<string> Dedicated,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Note = null
);
