using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>The last report of each agent instance.</summary>
internal sealed class AgentReportStore(Database database)
{
    public Statement Save(string tunnelId, string instanceId, DateTimeOffset at, string peerSerial, string body) =>
        new(
            "INSERT INTO agent_reports (tunnel_id, instance_id, reported_at_ms, peer_serial, body) "
                + "VALUES (@tunnelId, @instanceId, @At, @peerSerial, @body) "
                + "ON CONFLICT (tunnel_id, instance_id) DO UPDATE SET reported_at_ms = excluded.reported_at_ms, "
                + "peer_serial = excluded.peer_serial, body = excluded.body",
            new
            {
                tunnelId,
                instanceId,
                At = at.ToStore(),
                peerSerial,
                body,
            }
        );

    public async ValueTask<IReadOnlyList<StoredAgentReport>> ListAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string InstanceId, long At, string PeerSerial, string Body)>(
            "SELECT instance_id, reported_at_ms, peer_serial, body FROM agent_reports WHERE tunnel_id = @Value",
            new { tunnelId.Value },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new StoredAgentReport(
                row.InstanceId,
                Instants.FromStore(row.At),
                row.PeerSerial,
                row.Body
            )),
        ];
    }
}
