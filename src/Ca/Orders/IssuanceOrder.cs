using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Profiles;

namespace Culvert.Ca.Orders;

public sealed record IssuanceOrder
{
    public required Issuer Issuer { get; init; }

    public required CertificateProfile Profile { get; init; }

    public required SubjectPublicKey PublicKey { get; init; }

    /// <summary>The subject of an authority or an OCSP responder; empty for other leaves, which have only names.</summary>
    public DistinguishedName Subject { get; init; } = DistinguishedName.Empty;

    public GrantedNames Names { get; init; } = GrantedNames.None;

    /// <summary>A new one from <see cref="SerialNumber.Draw"/>.</summary>
    public required SerialNumber Serial { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>Requested first second, at most 5 min before <see cref="Now"/>; null = the profile's backdate.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Requested lifetime; null = the profile's default.</summary>
    public TimeSpan? Life { get; init; }

    /// <summary>The authority's own limit of lifetimes, below the profile's; null = none.</summary>
    public TimeSpan? LifeCap { get; init; }

    /// <summary>URL of the revocation list (RFC 5280 §4.2.1.13), absolute http or https in ASCII; null = none.</summary>
    public string? CrlDistributionPoint { get; init; }

    /// <summary>URL of the OCSP responder (RFC 5280 §4.2.2.1), absolute http or https in ASCII; null = none.</summary>
    public string? OcspResponder { get; init; }
}
