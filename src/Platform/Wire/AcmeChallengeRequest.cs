using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>
/// Body of <c>POST /v1/agent/acme_challenges</c>, before a <c>tls-alpn-01</c> proof (RFC 8737, S25). A repeat with the
/// same name and digest returns the existing challenge.
/// </summary>
/// <param name="Name">A name below the tunnel's domain, or an active hostname of the tunnel.</param>
/// <param name="KeyAuthorizationSha256">
/// SHA-256 of the key authorization (RFC 8555 §8.1), base64url, as in the challenge certificate.
/// </param>
/// <param name="ExpiresAt">When it expires, at most ten minutes ahead.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AcmeChallengeRequest(string Name, string KeyAuthorizationSha256, DateTimeOffset ExpiresAt);
