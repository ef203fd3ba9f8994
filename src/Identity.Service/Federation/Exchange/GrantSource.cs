namespace Culvert.Identity.Service.Federation.Exchange;

/// <summary>
/// Where a grant comes from, as the token's <c>src</c> says it: enough to find and revoke it, without repeating the
/// provider's names to everybody who sees the token.
/// </summary>
internal sealed record GrantSource
{
    /// <summary><c>fdis_…</c></summary>
    public required string IssuerId { get; init; }

    /// <summary>Base64url SHA-256 of the assertion's <c>sub</c>.</summary>
    public required string SubjectHash { get; init; }

    /// <summary>Base64url SHA-256 of the assertion's <c>jti</c>; null if it had none.</summary>
    public string? TokenIdHash { get; init; }

    /// <summary>When the first token of the family ends, seconds since 1970: none of the family outlives it.</summary>
    public required long RootExpiresAt { get; init; }
}
