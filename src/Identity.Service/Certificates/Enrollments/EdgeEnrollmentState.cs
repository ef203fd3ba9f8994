using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>The enrolment of a registered edge (S6). A proof after its revocation enrols the edge again.</summary>
internal sealed record EdgeEnrollmentState : EnrollmentState
{
    public required EdgeId EdgeId { get; init; }

    public bool IsRevoked => RevokedAt >= LastProofAt;
}
