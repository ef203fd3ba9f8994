using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>One key of a set, and whether it would be believed.</summary>
/// <param name="Algorithms">What it may verify for this issuer.</param>
/// <param name="Reason">Why it is not accepted; null if it is.</param>
internal sealed record VerifiedKeyDocument(
    [property: JsonPropertyName("kid")] string? KeyId,
    IReadOnlyList<string> Algorithms,
    string? Thumbprint,
    bool Accepted,
    string? Reason
);
