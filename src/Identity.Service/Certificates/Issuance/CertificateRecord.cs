using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Issuance;

internal sealed record CertificateRecord
{
    public required CertificateId Id { get; init; }

    public long Ordinal { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Serial { get; init; }

    public required CertificateKind Kind { get; init; }

    public required CertificateStatus Status { get; init; }

    public string? OrganizationId { get; init; }

    public string? WorkspaceId { get; init; }

    public string? TunnelId { get; init; }

    public string? EnrollmentId { get; init; }

    public string? EdgeId { get; init; }

    /// <summary><c>ca_…</c> of a tunnel's authority; null for the platform CA.</summary>
    public string? CaId { get; init; }

    /// <summary>The SPIFFE id (with suffix <c>/ocsp</c> for OCSP responders), or a server certificate's domain.</summary>
    public required string Identity { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Lower-case hex SHA-256 of the SubjectPublicKeyInfo; null in rows from before this column.</summary>
    public string? SpkiSha256 { get; init; }

    /// <summary>Lower-case hex SHA-256 over the requester and the request's Idempotency-Key; null without one.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Lower-case hex SHA-256 of the request under <see cref="IdempotencyKey"/>.</summary>
    public string? RequestSha256 { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public RevocationReason? RevocationReason { get; init; }

    /// <summary>Lower-case hex SHA-256 of the DER; null until issued.</summary>
    public string? Fingerprint { get; init; }
}
