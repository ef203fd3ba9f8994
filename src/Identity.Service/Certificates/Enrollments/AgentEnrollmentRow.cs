using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

internal sealed record AgentEnrollmentRow
{
    public required string Id { get; init; }

    public required string TunnelId { get; init; }

    public required string OrganizationId { get; init; }

    public required string WorkspaceId { get; init; }

    public required string InstanceId { get; init; }

    public required string Method { get; init; }

    public required string Principal { get; init; }

    public string? IssuerId { get; init; }

    public string? RuleId { get; init; }

    public long? RuleVersion { get; init; }

    public string? ServiceAccountId { get; init; }

    public required string TokenId { get; init; }

    public long TokenIssuedAt { get; init; }

    public string? TokenFamily { get; init; }

    public string? SubjectHash { get; init; }

    public string? TokenKeyId { get; init; }

    public long CreatedAt { get; init; }

    public long LastProofAt { get; init; }

    public string? CertificateSerial { get; init; }

    public long CertificateNotAfter { get; init; }

    public long? RevokedAt { get; init; }

    public AgentEnrollmentState ToState() =>
        new()
        {
            Id = AgentId.Wrap(Id),
            TunnelId = Culvert.Identity.Service.Ids.TunnelId.Wrap(TunnelId),
            OrganizationId = OrganizationId,
            WorkspaceId = WorkspaceId,
            InstanceId = InstanceId,
            Proof = new EnrollmentProof
            {
                Method = WireNames.Parse<EnrollmentMethod>(Method),
                Principal = Principal,
                IssuerId = IssuerId,
                RuleId = RuleId,
                RuleVersion = (int?)RuleVersion,
                ServiceAccountId = ServiceAccountId,
                TokenId = TokenId,
                TokenIssuedAt = TokenIssuedAt,
                TokenFamily = TokenFamily,
                SubjectHash = SubjectHash,
                TokenKeyId = TokenKeyId,
            },
            CreatedAt = Instants.FromStore(CreatedAt),
            LastProofAt = Instants.FromStore(LastProofAt),
            CertificateSerial = CertificateSerial,
            CertificateNotAfter = Instants.FromStore(CertificateNotAfter),
            RevokedAt = Instants.FromStore(RevokedAt),
        };
}
