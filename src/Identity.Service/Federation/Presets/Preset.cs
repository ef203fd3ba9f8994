using System.Text.Json;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>
/// What is known of one platform's tokens. Read from its file under <c>Catalogue/</c>; used for an issuer's defaults,
/// lints, simulations and tests, and shown at <c>federation_presets</c>.
/// </summary>
internal sealed record Preset
{
    public string Type { get; } = "federation_preset";

    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>How a workload gets its token.</summary>
    public required string Obtain { get; init; }

    public required PresetIssuer Issuer { get; init; }

    public required PresetDefaults Defaults { get; init; }

    /// <summary>Whether tokens have <c>jti</c>, and how often the platform returns the same token.</summary>
    public required string TokenIds { get; init; }

    public required PresetAudience Audience { get; init; }

    public required IReadOnlyList<KnownSubject> Subjects { get; init; }

    /// <summary>Characters that end a part of <c>sub</c>; empty if it has no parts.</summary>
    public required string SubjectDelimiters { get; init; }

    /// <summary>Sets of claims; one set, pinned as a whole, identifies the customer of the issuer.</summary>
    public required IReadOnlyList<TenantPin> TenantPins { get; init; }

    /// <summary>Prefixes of <c>sub</c> that name the customer.</summary>
    public required IReadOnlyList<TenantSubject> TenantSubjects { get; init; }

    /// <summary>Whether the same issuer signs tokens for people.</summary>
    public required bool IssuesToPeople { get; init; }

    public required IReadOnlyList<KnownClaim> Claims { get; init; }

    public required IReadOnlyList<string> Cautions { get; init; }

    /// <summary>A template for a rule's <c>match</c>; its values are those of the samples.</summary>
    public required JsonElement Match { get; init; }

    public required IReadOnlyList<PresetSample> Samples { get; init; }

    public KnownClaim? FindClaim(string name) => Claims.FirstOrDefault(claim => claim.Name == name);
}
