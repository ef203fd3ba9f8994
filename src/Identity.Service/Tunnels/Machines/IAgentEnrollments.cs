using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>Enrolments of agents. A boundary: the certificates capability implements it.</summary>
internal interface IAgentEnrollments
{
    /// <summary>Of one tunnel, newest first, revoked ones included; bounded by the instances per tunnel.</summary>
    ValueTask<IReadOnlyList<AgentEnrollmentRecord>> ListAsync(TunnelId tunnelId, CancellationToken cancellationToken);

    ValueTask<AgentEnrollmentRecord?> FindAsync(string agentId, CancellationToken cancellationToken);

    /// <summary>
    /// No renewal from then on, and the serials become revoked. Idempotent; part of the caller's decision, which bumps
    /// the feed.
    /// </summary>
    IReadOnlyList<Statement> Revoke(AgentId id, DateTimeOffset at);
}
