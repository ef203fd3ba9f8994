using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>The last report of each agent instance.</summary>
internal interface IAgentReportStore
{
    Statement Save(string tunnelId, string instanceId, DateTimeOffset at, string peerSerial, string body);

    ValueTask<IReadOnlyList<StoredAgentReport>> ListAsync(TunnelId tunnelId, CancellationToken cancellationToken);
}
