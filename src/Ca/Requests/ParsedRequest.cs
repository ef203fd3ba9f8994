using Culvert.Ca.Certificates;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;

namespace Culvert.Ca.Requests;

/// <summary>
/// A signing request that was read strictly and whose signature proves possession of the key. Of all this only the key
/// reaches a certificate; the names are compared with the granted ones, never copied.
/// </summary>
public sealed record ParsedRequest
{
    /// <summary>The key to certify.</summary>
    public required SubjectPublicKey PublicKey { get; init; }

    /// <summary>The requested subject.</summary>
    public required DistinguishedName Subject { get; init; }

    /// <summary>Requested names; empty when the request has no subject alternative name.</summary>
    public required IReadOnlyList<GeneralName> Names { get; init; }

    /// <summary>Requested purposes; null when not mentioned.</summary>
    public required IReadOnlyList<string>? ExtendedKeyUsages { get; init; }

    /// <summary>Requested key usage; null when not mentioned.</summary>
    public required KeyUsages? KeyUsage { get; init; }
}
