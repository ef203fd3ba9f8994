using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <summary>The inputs of edge assignment. Each decision that changes one first records its previous value.</summary>
internal sealed class AssignmentStore(Database database)
{
    // Before the setting existed, every edge served every tunnel.
    private const string All = "1000000";

    private const string Insert =
        "INSERT INTO edge_assignment_changes (ordinal, at_ms, tunnel_id, edge_id, former, agents_left) "
        + "SELECT (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM edge_assignment_changes), @At, ";

    /// <summary>Reads the changes last, so that no edge is missing that still serves a tunnel.</summary>
    public async ValueTask<AssignmentState> ReadAsync(CancellationToken cancellationToken)
    {
        var pins = await database.QueryAsync<(string TunnelId, string EdgeIds)>(
            "SELECT id, edge_ids FROM tunnels WHERE edge_ids <> ''",
            cancellationToken
        );
        var edges = await database.QueryAsync<(string Id, long IsAvailable)>(
            "SELECT id, CAST(CASE WHEN draining_at_ms IS NULL AND public_port IS NOT NULL THEN 1 ELSE 0 END "
                + "AS BIGINT) FROM edges WHERE archived_at_ms IS NULL",
            cancellationToken
        );
        var number = await EdgesPerTunnelAsync(cancellationToken);
        var changes = await database.QueryAsync<(string? TunnelId, string? EdgeId, string Former, long AgentsLeft)>(
            "SELECT tunnel_id, edge_id, former, agents_left FROM edge_assignment_changes ORDER BY ordinal DESC",
            cancellationToken
        );
        return new AssignmentState(
            [.. edges.Select(edge => new EdgeAvailability(edge.Id, edge.IsAvailable != 0))],
            number ?? TunnelOptions.DefaultEdgesPerTunnel,
            pins.ToDictionary(pin => pin.TunnelId, pin => TextList.Split(pin.EdgeIds), StringComparer.Ordinal),
            [
                .. changes.Select(change => new AssignmentChange(
                    change.TunnelId,
                    change.EdgeId,
                    change.Former,
                    change.AgentsLeft != 0
                )),
            ]
        );
    }

    /// <summary>The stored number of edges per tunnel; null = never set.</summary>
    public async ValueTask<int?> EdgesPerTunnelAsync(CancellationToken cancellationToken)
    {
        return (int?)await database.SingleAsync<long?>("SELECT edges_per_tunnel FROM installation", cancellationToken);
    }

    /// <summary>Must precede the registration, drain, resume, archiving or first report of the edge.</summary>
    public Statement InsertAvailabilityChanges(EdgeId id, DateTimeOffset at) =>
        new(
            Insert
                + "NULL, @Id, COALESCE((SELECT CASE WHEN draining_at_ms IS NULL AND public_port IS NOT NULL THEN 'available' "
                + "ELSE 'unavailable' END FROM edges WHERE id = @Id AND archived_at_ms IS NULL), 'absent'), 0",
            new { Id = id.Value, At = at.ToStore() }
        );

    /// <summary>Must precede the change of the pins. Refused if an edge is unknown or archived.</summary>
    public IReadOnlyList<Statement> PinsChange(TunnelId id, IReadOnlyList<string> pins, DateTimeOffset at) =>
        [
            .. pins.Select(edgeId =>
                new Statement(
                    "UPDATE edges SET id = id WHERE id = @edgeId AND archived_at_ms IS NULL",
                    new { edgeId }
                ).ExpectingOne(TunnelErrors.EdgeUnknown.Refuse())
            ),
            new Statement(
                Insert + "id, NULL, edge_ids, 0 FROM tunnels WHERE id = @Id",
                new { Id = id.Value, At = at.ToStore() }
            ),
        ];

    /// <summary>
    /// Sets how many edges serve a tunnel. The last statement is stale if the number does not change.
    /// </summary>
    public IReadOnlyList<Statement> SetEdgesPerTunnel(int number, DateTimeOffset at) =>
        [
            new Statement(
                Insert
                    + $"NULL, NULL, COALESCE(CAST(edges_per_tunnel AS TEXT), '{All}'), 0 FROM installation "
                    + "WHERE EXISTS (SELECT 1 FROM edges WHERE archived_at_ms IS NULL)",
                new { At = at.ToStore() }
            ),
            new Statement(
                "UPDATE installation SET edges_per_tunnel = @number WHERE COALESCE(edges_per_tunnel, 0) <> @number",
                new { number }
            ).ExpectingOne(),
        ];

    /// <summary>The number of changes up to each moment that have not reached that phase.</summary>
    /// <param name="leftBy">Agents leave the edges that lost tunnels up to then.</param>
    /// <param name="overBy">Those edges drop the tunnels that they lost up to then.</param>
    public async ValueTask<(int Leaving, int Over)> CountDueAsync(
        DateTimeOffset leftBy,
        DateTimeOffset overBy,
        CancellationToken cancellationToken
    )
    {
        var (leaving, over) = await database.SingleAsync<(long, long)>(
            "SELECT (SELECT COUNT(*) FROM edge_assignment_changes WHERE agents_left = 0 AND at_ms <= @LeftBy), "
                + "(SELECT COUNT(*) FROM edge_assignment_changes WHERE agents_left = 1 AND at_ms <= @OverBy)",
            new { LeftBy = leftBy.ToStore(), OverBy = overBy.ToStore() },
            cancellationToken
        );
        return ((int)leaving, (int)over);
    }

    /// <summary>Advances those changes; stale when another node has done so.</summary>
    public IReadOnlyList<Statement> End((int Leaving, int Over) due, DateTimeOffset leftBy, DateTimeOffset overBy) =>
        [
            new Statement(
                "DELETE FROM edge_assignment_changes WHERE agents_left = 1 AND at_ms <= @By",
                new { By = overBy.ToStore() }
            )
            {
                ExpectedRows = due.Over,
            },
            new Statement(
                "UPDATE edge_assignment_changes SET agents_left = 1 WHERE agents_left = 0 AND at_ms <= @By",
                new { By = leftBy.ToStore() }
            )
            {
                ExpectedRows = due.Leaving,
            },
        ];
}
