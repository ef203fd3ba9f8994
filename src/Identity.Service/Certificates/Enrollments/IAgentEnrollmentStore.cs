using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>Enrolments of agents. Revoked ones are kept; at most one of a tunnel and instance is not revoked.</summary>
internal interface IAgentEnrollmentStore
{
    ValueTask<AgentEnrollmentState?> FindLiveAsync(
        TunnelId tunnelId,
        string instanceId,
        CancellationToken cancellationToken
    );

    ValueTask<AgentEnrollmentState?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Of one tunnel, newest first, revoked ones included.</summary>
    ValueTask<IReadOnlyList<AgentEnrollmentState>> ListAsync(TunnelId tunnelId, CancellationToken cancellationToken);

    /// <summary>Of all tunnels, those whose newest certificate has not ended, revoked ones included.</summary>
    ValueTask<IReadOnlyList<AgentEnrollmentState>> ListUnexpiredAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>Serials of those enrolments' certificates that have not ended.</summary>
    ValueTask<IReadOnlyList<string>> ListSerialsAsync(
        IReadOnlyList<string> ids,
        DateTimeOffset now,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Conflicts: <see cref="EnrollmentConflict.InstanceTaken"/>, and <see cref="EnrollmentConflict.InstanceLimit"/> when
    /// <paramref name="limit"/> other instances of the tunnel are live at <paramref name="now"/>.
    /// </summary>
    IReadOnlyList<Statement> Insert(AgentEnrollmentState enrollment, int limit, DateTimeOffset now);

    /// <summary>
    /// A new proof of a known instance. Conflicts: <see cref="EnrollmentConflict.Revoked"/>, and
    /// <see cref="EnrollmentConflict.InstanceLimit"/> as with <see cref="Insert"/>.
    /// </summary>
    IReadOnlyList<Statement> Prove(AgentEnrollmentState enrollment, int limit, DateTimeOffset now);

    /// <summary>A certificate was issued.</summary>
    Statement Certified(AgentId id, string serial, DateTimeOffset notAfter);

    /// <summary>Idempotent.</summary>
    Statement Revoke(AgentId id, DateTimeOffset at);

    /// <summary>
    /// Makes a commit fail with <see cref="EnrollmentConflict.Revoked"/> if the enrolment has been revoked.
    /// </summary>
    Statement RequireLive(AgentId id);
}
