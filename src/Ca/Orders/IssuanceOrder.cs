using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Profiles;

namespace Culvert.Ca.Orders;

/// <summary>Everything that decides a certificate's content.</summary>
public sealed record IssuanceOrder
{
    /// <summary>Who signs.</summary>
    public required Issuer Issuer { get; init; }

    /// <summary>What kind of certificate.</summary>
    public required CertificateProfile Profile { get; init; }

    /// <summary>The key to certify.</summary>
    public required SubjectPublicKey PublicKey { get; init; }

    /// <summary>
    /// The subject: the common name of an authority or an OCSP responder, empty for any other leaf (its names are
    /// alternative names).
    /// </summary>
    public DistinguishedName Subject { get; init; } = DistinguishedName.Empty;

    /// <summary>The names of a leaf.</summary>
    public GrantedNames Names { get; init; } = GrantedNames.None;

    /// <summary>Fresh from <see cref="SerialNumber.Draw"/>.</summary>
    public required SerialNumber Serial { get; init; }

    /// <summary>Moment of issuance.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>
    /// An explicit wish for the first second: at most 5 min before <see cref="Now"/>, and not after it; null takes the
    /// profile's backdate.
    /// </summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>An explicit wish; null takes the profile's default.</summary>
    public TimeSpan? Life { get; init; }

    /// <summary>The authority's own bound on lives, below the profile's cap; null = none.</summary>
    public TimeSpan? LifeCap { get; init; }

    /// <summary>
    /// Where the revocation list is fetched that would hold this serial number (RFC 5280 §4.2.1.13), an absolute http or
    /// https URI in ASCII; null writes none.
    /// </summary>
    public string? CrlDistributionPoint { get; init; }

    /// <summary>
    /// Which OCSP responder answers for the certificate (RFC 5280 §4.2.2.1), an absolute http or https URI in ASCII; null
    /// writes none.
    /// </summary>
    public string? OcspResponder { get; init; }
}
