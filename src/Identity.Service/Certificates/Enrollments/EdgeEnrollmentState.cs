using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>An edge's continuing permission to hold a platform certificate: one per registered edge (S6).</summary>
internal sealed record EdgeEnrollmentState
{
    public required EdgeId EdgeId { get; init; }

    public required string OrganizationId { get; init; }

    public required EnrollmentProof Proof { get; init; }

    public required DateTimeOffset LastProofAt { get; init; }

    /// <summary>When the basis of the last proof was revoked; a later proof enrols the edge again.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    public bool IsRevoked => RevokedAt >= LastProofAt;

    /// <summary>Expiry of the newest platform certificate.</summary>
    public required DateTimeOffset CertificateNotAfter { get; init; }
}
