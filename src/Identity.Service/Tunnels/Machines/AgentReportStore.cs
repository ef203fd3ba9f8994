using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Machines;

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

    public ValueTask<IReadOnlyList<StoredAgentReport>> ListAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    ) => QueryAsync("", new { tunnelId.Value }, cancellationToken);

    public async ValueTask<StoredAgentReport?> FindAsync(
        TunnelId tunnelId,
        string instanceId,
        CancellationToken cancellationToken
    ) =>
        (
            await QueryAsync(" AND instance_id = @instanceId", new { tunnelId.Value, instanceId }, cancellationToken)
        ).SingleOrDefault();

    private async ValueTask<IReadOnlyList<StoredAgentReport>> QueryAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string InstanceId, long At, string PeerSerial, string Body)>(
            "SELECT instance_id, reported_at_ms, peer_serial, body FROM agent_reports WHERE tunnel_id = @Value"
                + condition,
            parameters,
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
