namespace Culvert.Platform.Wire;

/// <summary>A live challenge as agents and edges see it (S25).</summary>
/// <param name="Id"><c>acmc_…</c>.</param>
/// <param name="KeyAuthorizationSha256">SHA-256 of the key authorization, base64url.</param>
/// <param name="ExpiresAt">The challenge is invalid after this, even in a feed that is not updated.</param>
public sealed record FeedAcmeChallenge(
    string Id,
    string TunnelId,
    string Name,
    string KeyAuthorizationSha256,
    DateTimeOffset ExpiresAt
);
