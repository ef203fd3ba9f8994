using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/certificates</c>: a rotation job requests a server certificate of a tunnel.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ServerCertificateRequest : AssertedRequest
{
    /// <summary><c>tnl_…</c>; the caller's rule must name it.</summary>
    public required string TunnelId { get; init; }

    /// <summary>PKCS#10 as PEM; only its public key is used.</summary>
    public required string Csr { get; init; }

    /// <summary>
    /// In seconds, within the profile's cap and the authority's expiry; null: the default, or the authority's remaining
    /// life if shorter.
    /// </summary>
    public int? LifetimeSeconds { get; init; }

    /// <summary>The requested start: at most 5 min ago and not in the future; null: the service's backdate.</summary>
    public DateTimeOffset? NotBefore { get; init; }
}
