using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Profiles;

namespace Culvert.Identity.Service.Certificates.Issuance;

internal sealed record IssuanceJob
{
    public required CertificateKind Kind { get; init; }

    public required SigningAuthority Authority { get; init; }

    public required CertificateProfile Profile { get; init; }

    public required SubjectPublicKey PublicKey { get; init; }

    public required GrantedNames Names { get; init; }

    /// <summary>Only OCSP responders have a subject; every other leaf has only names.</summary>
    public DistinguishedName Subject { get; init; } = DistinguishedName.Empty;

    /// <summary>The SPIFFE id, or the domain of a server certificate.</summary>
    public required string Identity { get; init; }

    public required LeafRequest Request { get; init; }

    /// <summary>The authority's own limit on lifetimes, below the profile's cap; null = none.</summary>
    public TimeSpan? LifeCap { get; init; }

    /// <summary>
    /// For the service's own certificates, before its ports open: if the clock is unreliable, the latest plausible time
    /// is used. Without it no operator could sign in and confirm the clock.
    /// </summary>
    public bool DespiteClock { get; init; }
}
