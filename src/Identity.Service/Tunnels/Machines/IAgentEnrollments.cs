using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>Enrolments of agents. A boundary: the certificates capability implements it.</summary>
internal interface IAgentEnrollments
{
    /// <summary>
    /// Lists the enrolments of a tunnel, newest first, including revoked ones. The limit of instances per tunnel bounds
    /// them.
    /// </summary>
    ValueTask<IReadOnlyList<AgentEnrollmentRecord>> ListAsync(TunnelId tunnelId, CancellationToken cancellationToken);

    ValueTask<AgentEnrollmentRecord?> FindAsync(string agentId, CancellationToken cancellationToken);

    /// <summary>Whether an agent of the tunnel has a valid certificate, or is about to get one.</summary>
    ValueTask<bool> HasLiveAsync(TunnelId tunnelId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Idempotent. Refuses renewals and revokes the serial numbers; raises the feed's revision.</summary>
    IReadOnlyList<Statement> Revoke(AgentId id, DateTimeOffset at);
}
