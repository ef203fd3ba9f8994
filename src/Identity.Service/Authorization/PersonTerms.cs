using Culvert.Identity.Service.OAuthClients;

namespace Culvert.Identity.Service.Authorization;

/// <summary>For whom, for which client and for which route a token is requested, and the rule that grants it.</summary>
/// <param name="IssuerId">The record of the person's identity provider.</param>
/// <param name="StatedAt">When the identity provider stated it: a revocation covers what was stated before it.</param>
/// <param name="ExpiresAt">No token of this family is valid longer.</param>
internal sealed record PersonTerms(
    PersonDecision Decided,
    OAuthClient Client,
    string IssuerId,
    string Subject,
    string Resource,
    string Family,
    DateTimeOffset StatedAt,
    DateTimeOffset ExpiresAt
)
{
    /// <summary>Base64url SHA-256 of the <c>jti</c> of an assertion; otherwise null.</summary>
    public string? TokenIdHash { get; init; }

    public override string ToString() => nameof(PersonTerms);
}
