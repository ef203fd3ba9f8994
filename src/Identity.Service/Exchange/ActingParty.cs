namespace Culvert.Identity.Service.Exchange;

/// <summary>The party that acts for a subject, proven by an access token of this service.</summary>
/// <param name="TokenId">The token's <c>jti</c>, for audit.</param>
/// <param name="ExpiresAt">When that token expires, in seconds since 1970.</param>
internal sealed record ActingParty(string Subject, string TokenId, long ExpiresAt);
