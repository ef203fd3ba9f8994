using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Nodes;

/// <summary>The running programs of the installation: nodes report themselves, edges and agents in their reports.</summary>
internal sealed class VersionStore(Database database, StoreNode node)
{
    private const long KnownForMs = 24 * 60 * 60 * 1000;

    /// <summary>This node, the others, the edges and the agents.</summary>
    /// <param name="maxAgents">Above this number, only the oldest tunnels' agents are listed.</param>
    public async ValueTask<IReadOnlyList<RunningVersion>> ListAsync(
        DateTimeOffset now,
        int maxAgents,
        CancellationToken cancellationToken
    )
    {
        var others = (await ListNodesAsync(cancellationToken)).Where(other => other.Id != node.Name);
        return
        [
            new RunningVersion("service", node.Name, node.Name, TunnelId: null, ProgramVersion.Current, now),
            .. others,
            .. await ListEdgesAsync(cancellationToken),
            .. await ListAgentsAsync(now, maxAgents, cancellationToken),
        ];
    }

    /// <summary>Nodes that reported within the last seconds; on SQLite only this node.</summary>
    public async ValueTask<IReadOnlyList<RunningVersion>> ListNodesAsync(CancellationToken cancellationToken)
    {
        if (database is not PostgresDatabase)
        {
            return [];
        }

        var rows = await database.QueryAsync<(string Node, string Version, long SeenAt)>(
            "SELECT node, version, seen_at_ms FROM node_presence "
                + $"WHERE seen_at_ms > {PostgresDatabase.Now} - {NodeExchange.LiveForMs} ORDER BY node",
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new RunningVersion(
                "service",
                row.Node,
                row.Node,
                TunnelId: null,
                row.Version,
                Instants.FromStore(row.SeenAt)
            )),
        ];
    }

    /// <summary>
    /// The running nodes, and all that ran within a day and did not report a stop; on SQLite only this node.
    /// </summary>
    public async ValueTask<NodeCount> CountNodesAsync(CancellationToken cancellationToken)
    {
        if (database is not PostgresDatabase)
        {
            return new NodeCount(1, 1);
        }

        var (live, known) = await database.SingleAsync<(long Live, long Known)>(
            $"SELECT count(*) FILTER (WHERE seen_at_ms > {PostgresDatabase.Now} - {NodeExchange.LiveForMs}), count(*) "
                + $"FROM node_presence WHERE seen_at_ms > {PostgresDatabase.Now} - {KnownForMs}",
            cancellationToken
        );
        return new NodeCount((int)Math.Max(1, live), (int)Math.Max(1, known));
    }

    /// <summary>Unarchived edges with their latest report.</summary>
    public async ValueTask<IReadOnlyList<RunningVersion>> ListEdgesAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Id, string Name, long? At, string? Body)>(
            "SELECT e.id, e.name, r.reported_at_ms, r.body FROM edges e LEFT JOIN edge_reports r ON r.edge_id = e.id "
                + "WHERE e.archived_at_ms IS NULL ORDER BY e.ordinal",
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new RunningVersion(
                "edge",
                row.Id,
                row.Name,
                TunnelId: null,
                row.Body is null ? null : JsonSerializer.Deserialize(row.Body, WireJson.Default.EdgeReport)?.Version,
                Instants.FromStore(row.At)
            )),
        ];
    }

    /// <summary>Agents of every organization with an unexpired certificate, with their latest report.</summary>
    public async ValueTask<IReadOnlyList<RunningVersion>> ListAgentsAsync(
        DateTimeOffset now,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string Id, string Instance, string Tunnel, long? At, string? Body)>(
            "SELECT n.id, n.instance_id, n.tunnel_id, r.reported_at_ms, r.body FROM enrollments n "
                + "LEFT JOIN agent_reports r ON r.tunnel_id = n.tunnel_id AND r.instance_id = n.instance_id "
                + "WHERE n.revoked_at_ms IS NULL AND n.certificate_not_after_ms >= @now "
                + "ORDER BY n.tunnel_id, n.instance_id LIMIT @limit",
            new { now = now.ToStore(), limit },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new RunningVersion(
                "agent",
                row.Id,
                row.Instance,
                row.Tunnel,
                row.Body is null ? null : JsonSerializer.Deserialize(row.Body, WireJson.Default.AgentReport)?.Version,
                Instants.FromStore(row.At)
            )),
        ];
    }
}
