namespace Culvert.Platform.Wire;

/// <summary>A live challenge as agents and edges see it (S25).</summary>
public sealed record FeedAcmeChallenge
{
    /// <summary><c>acmc_…</c>.</summary>
    public required string Id { get; init; }

    public required string TunnelId { get; init; }

    public required string Name { get; init; }

    /// <summary>SHA-256 of the key authorization, base64url.</summary>
    public required string KeyAuthorizationSha256 { get; init; }

    /// <summary>The challenge is invalid after this, even in a feed that is not updated.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
