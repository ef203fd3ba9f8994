using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Profiles;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

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

    public required AuditCause Cause { get; init; }

    public string? OrganizationId { get; init; }

    public string? WorkspaceId { get; init; }

    public string? TunnelId { get; init; }

    public string? EnrollmentId { get; init; }

    public string? EdgeId { get; init; }

    /// <summary>The subject of the limits when there is neither an enrolment nor an edge.</summary>
    public string? Requester { get; init; }

    /// <summary>The requested lifetime; null = the profile's default.</summary>
    public TimeSpan? Life { get; init; }

    /// <summary>The authority's own limit on lifetimes, below the profile's cap; null = none.</summary>
    public TimeSpan? LifeCap { get; init; }

    /// <summary>The requested notBefore; null = the profile's backdate.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>
    /// For the service's own certificates, before its ports open: if the clock is unreliable, the latest plausible time
    /// is used. Without it no operator could sign in and confirm the clock.
    /// </summary>
    public bool DespiteClock { get; init; }

    public IdempotencyKey? Idempotency { get; init; }

    /// <summary>The exchange of the request's own assertion, committed with the intent; null = none.</summary>
    public WaitingDecision? Exchange { get; init; }

    /// <summary>Changes that belong to the grant; committed with the intent, before the signature exists.</summary>
    public IReadOnlyList<Statement> WithIntent { get; init; } = [];

    /// <summary>Changes that need the finished certificate; committed with it.</summary>
    public Func<CertificateRecord, IReadOnlyList<Statement>> WithCertificate { get; init; } = _ => [];
}
