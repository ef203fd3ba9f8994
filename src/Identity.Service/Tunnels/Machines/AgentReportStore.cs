using System.Text.Json;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

internal sealed class AgentReportStore(Database database)
{
    public Statement Save(
        string tunnelId,
        string instanceId,
        DateTimeOffset at,
        string peerSerial,
        string body,
        IReadOnlyList<AgentReportSecret>? secrets
    ) =>
        new(
            "INSERT INTO agent_reports (tunnel_id, instance_id, reported_at_ms, peer_serial, body, static_secrets) "
                + "VALUES (@tunnelId, @instanceId, @At, @peerSerial, @body, @Secrets) "
                + "ON CONFLICT (tunnel_id, instance_id) DO UPDATE SET reported_at_ms = excluded.reported_at_ms, "
                + "peer_serial = excluded.peer_serial, body = excluded.body, static_secrets = excluded.static_secrets",
            new
            {
                tunnelId,
                instanceId,
                At = at.ToStore(),
                peerSerial,
                body,
                Secrets = secrets is { Count: > 0 }
                    ? JsonSerializer.Serialize(secrets, WireJson.Default.IReadOnlyListAgentReportSecret)
                    : null,
            }
        );

    /// <summary>The static secrets of the last reports of the tunnel's agents, by their instances.</summary>
    public async ValueTask<IReadOnlyDictionary<string, StoredAgentSecrets>> ListSecretsAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string InstanceId, long At, string Secrets)>(
            "SELECT instance_id, reported_at_ms, static_secrets FROM agent_reports "
                + "WHERE tunnel_id = @Value AND static_secrets IS NOT NULL",
            new { tunnelId.Value },
            cancellationToken
        );
        return rows.ToDictionary(
            row => row.InstanceId,
            row => new StoredAgentSecrets(
                Instants.FromStore(row.At),
                JsonSerializer.Deserialize(row.Secrets, WireJson.Default.IReadOnlyListAgentReportSecret)!
            ),
            StringComparer.Ordinal
        );
    }

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
