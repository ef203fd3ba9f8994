using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>The enrolment of an agent's instance.</summary>
internal sealed record AgentEnrollmentState : EnrollmentState
{
    public required AgentId Id { get; init; }

    public required TunnelId TunnelId { get; init; }

    public required string WorkspaceId { get; init; }

    public required string InstanceId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Serial number of the newest platform certificate; null before the first.</summary>
    public string? CertificateSerial { get; init; }
}
