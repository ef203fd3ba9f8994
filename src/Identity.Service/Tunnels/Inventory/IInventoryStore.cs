using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>What was called through each tunnel, summed over its agents.</summary>
internal interface IInventoryStore
{
    /// <summary>
    /// Adds one part of an agent's counts, once, however often it comes. Names beyond the limit of a tunnel are left out.
    /// </summary>
    IReadOnlyList<Statement> Add(
        TunnelId tunnelId,
        string instanceId,
        AgentReportUsage usage,
        DateTimeOffset now,
        int limit
    );

    /// <summary>Those of one route, or of all when null, the newest first.</summary>
    ValueTask<IReadOnlyList<InventoryEntry>> ListAsync(
        TunnelId tunnelId,
        string? route,
        PageRequest page,
        CancellationToken cancellationToken
    );
}
