namespace Culvert.Identity.Service.Exchange;

/// <summary>Who acts for a subject from now on, proven by an access token of this service.</summary>
/// <param name="Subject">Its service account.</param>
/// <param name="TokenId">The token's <c>jti</c>, for audit.</param>
/// <param name="ExpiresAt">When that token expires, seconds since 1970.</param>
internal sealed record ActingParty(string Subject, string TokenId, long ExpiresAt);
