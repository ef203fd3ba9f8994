using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

internal sealed record KnownClaim
{
    /// <summary>As in rules: a top-level claim, or a JSON Pointer (RFC 6901).</summary>
    public required string Name { get; init; }

    public required ClaimKind Kind { get; init; }

    public required string Meaning { get; init; }

    /// <summary>The claim to pin instead; null if none is better.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Prefer { get; init; }
}
