using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>
/// Reports that a caller claims another principal's instance: a copied state directory, a cloned machine, or an attack.
/// The service refuses the caller, and the operators of both sides are notified.
/// </summary>
internal sealed class InstanceAlarm(
    IJournal journal,
    INoticeOutbox outbox,
    TimeProvider time,
    ILogger<InstanceAlarm> logger
)
{
    public async ValueTask<ApiAnswer> RefuseAsync(
        AuditCause cause,
        Tunnel tunnel,
        string instanceId,
        CancellationToken cancellationToken
    )
    {
        Log.InstanceTaken(logger, tunnel.Id.Value, instanceId, cause.Actor.Id, cause.RequestId!);
        var now = time.GetUtcNow();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new AgentInstanceRefused(new AuditOrigin(now, cause), tunnel, instanceId)
                {
                    Status = AuditStatus.Denied(EnrollmentErrors.InstanceTaken.Code),
                },
                Statements = await outbox.EnqueueAsync(ToNotice(tunnel, instanceId, now), cancellationToken),
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } unavailable)
        {
            return unavailable;
        }

        outbox.Wake();
        return EnrollmentErrors.InstanceTaken.Refuse();
    }

    // Nothing of the agent that has the instance was withdrawn, so it is not the subject.
    private static SecurityNotice ToNotice(Tunnel tunnel, string instanceId, DateTimeOffset now) =>
        new(
            SecurityNoticeType.AgentInstanceRefused,
            tunnel.OrganizationId,
            SecurityNotice.Opaque(tunnel.Id.Value),
            [("instance_id", instanceId)],
            now,
            now
        );
}

/// <summary>An enrolment with an instance id that belongs to another principal.</summary>
internal sealed record AgentInstanceRefused(AuditOrigin Origin, Tunnel Tunnel, string InstanceId)
    : AuditEvent(
        AuditEvents.AgentInstanceRefused,
        Origin,
        Tunnel.OrganizationId,
        [],
        [("tunnel_id", Tunnel.Id.Value), ("instance_id", InstanceId)]
    );
