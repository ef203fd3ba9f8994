using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Machines;

internal interface IAgentDisconnectStore
{
    /// <summary>One more; edges end the connections that are older.</summary>
    Statement Add(TunnelId tunnelId, string instanceId, DateTimeOffset at);

    /// <summary>Those whose last one is not older than that.</summary>
    ValueTask<IReadOnlyList<AgentDisconnect>> ListAsync(DateTimeOffset since, CancellationToken cancellationToken);
}
