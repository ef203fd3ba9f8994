using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>A machine's continuing permission to hold a platform certificate (S4).</summary>
internal abstract record EnrollmentState
{
    public required string OrganizationId { get; init; }

    public required EnrollmentProof Proof { get; init; }

    public required DateTimeOffset LastProofAt { get; init; }

    /// <summary>Expiry of the newest platform certificate; before the first, how long the machine counts as live.</summary>
    public required DateTimeOffset CertificateNotAfter { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }
}
