using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Who requests a leaf, for whom, and what is committed with it.</summary>
internal sealed record LeafRequest
{
    /// <summary>A certificate of the service itself.</summary>
    public static LeafRequest System { get; } = new() { Cause = AuditCause.System };

    public required AuditCause Cause { get; init; }

    public string? OrganizationId { get; init; }

    public string? WorkspaceId { get; init; }

    public string? TunnelId { get; init; }

    public string? EnrollmentId { get; init; }

    public string? EdgeId { get; init; }

    /// <summary>The subject of the limits when there is neither an enrolment nor an edge.</summary>
    public string? Principal { get; init; }

    /// <summary>The requested lifetime; null = the profile's default.</summary>
    public TimeSpan? Life { get; init; }

    /// <summary>The requested notBefore; null = the profile's backdate.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public IdempotencyKey? Idempotency { get; init; }

    /// <summary>The exchange of the request's own assertion, committed with the intent; null = none.</summary>
    public WaitingDecision? Exchange { get; init; }

    /// <summary>Changes that belong to the grant; committed with the intent, before the signature exists.</summary>
    public IReadOnlyList<Statement> WithIntent { get; init; } = [];

    /// <summary>Changes that need the finished certificate; committed with it.</summary>
    public Func<CertificateRecord, IReadOnlyList<Statement>> WithCertificate { get; init; } = _ => [];
}
