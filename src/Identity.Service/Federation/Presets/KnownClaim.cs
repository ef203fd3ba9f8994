using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <param name="Name">As in rules: a top-level claim, or a JSON Pointer (RFC 6901).</param>
/// <param name="Prefer">The claim to pin instead; null if none is better.</param>
internal sealed record KnownClaim(
    string Name,
    ClaimKind Kind,
    string Meaning,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Prefer = null
);
