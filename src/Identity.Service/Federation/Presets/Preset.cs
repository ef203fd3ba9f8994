using System.Text.Json;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>
/// What is known of one platform's tokens. Read from its file under <c>Catalogue/</c>; used for an issuer's defaults,
/// lints, simulations and tests, and shown at <c>federation_presets</c>.
/// </summary>
/// <param name="Obtain">How a workload gets its token.</param>
/// <param name="TokenIds">Whether tokens have <c>jti</c>, and how often the platform returns the same token.</param>
/// <param name="SubjectDelimiters">Characters that end a part of <c>sub</c>; empty if it has no parts.</param>
/// <param name="TenantPins">Sets of claims; one set, pinned as a whole, identifies the customer of the issuer.</param>
/// <param name="TenantSubjects">Prefixes of <c>sub</c> that name the customer.</param>
/// <param name="IssuesToPeople">Whether the same issuer signs tokens for people.</param>
/// <param name="Match">A template for a rule's <c>match</c>; its values are those of the samples.</param>
internal sealed record Preset(
    string Name,
    string Title,
    string Obtain,
    PresetIssuer Issuer,
    PresetDefaults Defaults,
    string TokenIds,
    PresetAudience Audience,
    IReadOnlyList<KnownSubject> Subjects,
    string SubjectDelimiters,
    IReadOnlyList<TenantPin> TenantPins,
    IReadOnlyList<TenantSubject> TenantSubjects,
    bool IssuesToPeople,
    IReadOnlyList<KnownClaim> Claims,
    IReadOnlyList<string> Cautions,
    JsonElement Match,
    IReadOnlyList<PresetSample> Samples
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "federation_preset";

    public KnownClaim? FindClaim(string name) => Claims.FirstOrDefault(claim => claim.Name == name);
}
