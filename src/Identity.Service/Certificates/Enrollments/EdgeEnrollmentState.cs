using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>An edge's standing permission to hold a platform certificate: one per registered edge (S6).</summary>
internal sealed record EdgeEnrollmentState
{
    public required EdgeId EdgeId { get; init; }

    public required string OrganizationId { get; init; }

    public required EnrollmentProof Proof { get; init; }

    public required DateTimeOffset LastProofAt { get; init; }

    /// <summary>What it rested on then was revoked; a proof after it enrols the edge again.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    public bool IsRevoked => RevokedAt >= LastProofAt;

    /// <summary>End of the newest platform certificate.</summary>
    public required DateTimeOffset CertificateNotAfter { get; init; }
}
