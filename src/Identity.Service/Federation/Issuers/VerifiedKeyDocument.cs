using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>One key of a set, and whether it would be believed.</summary>
internal sealed record VerifiedKeyDocument
{
    [JsonPropertyName("kid")]
    public required string? KeyId { get; init; }

    /// <summary>What it may verify for this issuer.</summary>
    public required IReadOnlyList<string> Algorithms { get; init; }

    public required string? Thumbprint { get; init; }

    public required bool Accepted { get; init; }

    /// <summary>Why it is not accepted; null if it is.</summary>
    public required string? Reason { get; init; }
}
