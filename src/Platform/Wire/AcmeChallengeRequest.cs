using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>
/// Body of <c>POST /v1/agent/acme_challenges</c>, before a <c>tls-alpn-01</c> proof (RFC 8737, S25). A repeat with the
/// same name and digest returns the existing challenge.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AcmeChallengeRequest
{
    /// <summary>A name below the tunnel's domain, or an active hostname of the tunnel.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the key authorization (RFC 8555 §8.1), base64url, as in the challenge certificate.</summary>
    public required string KeyAuthorizationSha256 { get; init; }

    /// <summary>When it expires, at most ten minutes ahead.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
