using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A live challenge as agents and edges see it (S25).</summary>
public sealed record FeedAcmeChallenge
{
    /// <summary><c>acmc_…</c>.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>SHA-256 of the key authorization, base64url.</summary>
    [JsonPropertyName("key_authorization_sha256")]
    public required string KeyAuthorizationSha256 { get; init; }

    /// <summary>The challenge is invalid after this, even in a feed that is not updated.</summary>
    [JsonPropertyName("expires_at")]
    public required DateTimeOffset ExpiresAt { get; init; }
}
