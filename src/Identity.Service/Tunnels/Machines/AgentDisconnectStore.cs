using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Machines;

internal sealed class AgentDisconnectStore(Database database)
{
    /// <summary>Adds a disconnect; edges close older connections.</summary>
    public Statement Add(TunnelId tunnelId, string instanceId, DateTimeOffset at) =>
        new(
            "INSERT INTO agent_disconnects (tunnel_id, instance_id, number, at_ms) "
                + "VALUES (@TunnelId, @instanceId, 1, @At) ON CONFLICT (tunnel_id, instance_id) "
                + "DO UPDATE SET number = agent_disconnects.number + 1, at_ms = excluded.at_ms",
            new
            {
                TunnelId = tunnelId.Value,
                instanceId,
                At = at.ToStore(),
            }
        );

    /// <summary>Instances whose last disconnect is not older than that.</summary>
    public async ValueTask<IReadOnlyList<AgentDisconnect>> ListAsync(
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string TunnelId, string InstanceId, long Number)>(
            "SELECT tunnel_id, instance_id, number FROM agent_disconnects WHERE at_ms >= @Since "
                + "ORDER BY tunnel_id, instance_id",
            new { Since = since.ToStore() },
            cancellationToken
        );
        return [.. rows.Select(row => new AgentDisconnect(row.TunnelId, row.InstanceId, row.Number))];
    }
}
