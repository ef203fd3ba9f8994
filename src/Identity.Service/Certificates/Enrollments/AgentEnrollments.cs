using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Certificates.Enrollments;

internal sealed class AgentEnrollments(AgentEnrollmentStore store) : IAgentEnrollments
{
    public async ValueTask<IReadOnlyList<AgentEnrollmentRecord>> ListAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    ) => [.. (await store.ListAsync(tunnelId, cancellationToken)).Select(ToRecord)];

    public async ValueTask<AgentEnrollmentRecord?> FindAsync(string agentId, CancellationToken cancellationToken) =>
        await store.FindAsync(agentId, cancellationToken) is { } enrollment ? ToRecord(enrollment) : null;

    public async ValueTask<bool> HasLiveAsync(
        TunnelId tunnelId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        (await store.ListAsync(tunnelId, cancellationToken)).Any(enrollment =>
            enrollment.RevokedAt is null && enrollment.CertificateNotAfter >= now
        );

    public IReadOnlyList<Statement> Revoke(AgentId id, DateTimeOffset at) => [store.Revoke(id, at)];

    private static AgentEnrollmentRecord ToRecord(AgentEnrollmentState enrollment) =>
        new()
        {
            Id = enrollment.Id,
            TunnelId = enrollment.TunnelId,
            InstanceId = enrollment.InstanceId,
            Method = WireNames.Get(enrollment.Proof.Method),
            Principal = enrollment.Proof.ServiceAccountId ?? enrollment.Proof.TokenId,
            CreatedAt = enrollment.CreatedAt,
            LastProofAt = enrollment.LastProofAt,
            Serial = enrollment.CertificateSerial,
            NotAfter = enrollment.CertificateSerial is null ? null : enrollment.CertificateNotAfter,
            RevokedAt = enrollment.RevokedAt,
        };
}
