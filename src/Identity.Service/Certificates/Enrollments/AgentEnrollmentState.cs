using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>An agent's continuing permission to hold a platform certificate (S4).</summary>
internal sealed record AgentEnrollmentState
{
    public required AgentId Id { get; init; }

    public required TunnelId TunnelId { get; init; }

    public required string OrganizationId { get; init; }

    public required string WorkspaceId { get; init; }

    public required string InstanceId { get; init; }

    public required EnrollmentProof Proof { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastProofAt { get; init; }

    /// <summary>Serial number of the newest platform certificate; null before the first.</summary>
    public string? CertificateSerial { get; init; }

    /// <summary>Expiry of the newest platform certificate; before the first, how long the instance counts as live.</summary>
    public required DateTimeOffset CertificateNotAfter { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }
}
