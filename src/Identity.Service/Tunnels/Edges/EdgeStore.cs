using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Edges;

internal sealed class EdgeStore(Database database)
{
    private static readonly Columns<Row> Table = new("edges");

    public async ValueTask<Edge?> FindAsync(string edgeId, CancellationToken cancellationToken) =>
        (await QueryAsync(" WHERE id = @edgeId", new { edgeId }, cancellationToken)).SingleOrDefault();

    /// <summary>Newest first, one more than the page's size if there are more.</summary>
    public ValueTask<IReadOnlyList<Edge>> ListAsync(PageRequest page, CancellationToken cancellationToken) =>
        QueryAsync(
            " WHERE ordinal < @Before AND (@Archived = 1 OR archived_at_ms IS NULL) ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                page.Before,
                page.Archived,
                page.Count,
            },
            cancellationToken
        );

    /// <summary>All unarchived ones, newest first.</summary>
    public ValueTask<IReadOnlyList<Edge>> ListLiveAsync(CancellationToken cancellationToken) =>
        QueryAsync(" WHERE archived_at_ms IS NULL ORDER BY ordinal DESC", null, cancellationToken);

    /// <summary>Adds an edge. The statement is refused if the name is in use.</summary>
    public Statement Insert(Edge edge) => Table.Insert(Row.Create(edge)).Unique(TunnelErrors.EdgeNameTaken.Refuse());

    /// <summary>Archives an edge. The statement is stale if the edge is already archived.</summary>
    public static Statement Archive(EdgeId id, DateTimeOffset at) =>
        new Statement(
            "UPDATE edges SET archived_at_ms = @At, live_name = NULL WHERE id = @Id AND archived_at_ms IS NULL",
            new { Id = id.Value, At = at.ToStore() }
        ).ExpectingOne();

    /// <summary>
    /// Starts or ends the drain. The statement is stale if the edge is already in that state, or archived.
    /// </summary>
    public Statement SetDraining(EdgeId id, DateTimeOffset? at) =>
        new Statement(
            "UPDATE edges SET draining_at_ms = @At WHERE id = @Id AND archived_at_ms IS NULL "
                + "AND ((@Drain = 1 AND draining_at_ms IS NULL) OR (@Drain = 0 AND draining_at_ms IS NOT NULL))",
            new
            {
                Id = id.Value,
                At = at.ToStore(),
                Drain = at is null ? 0L : 1L,
            }
        ).ExpectingOne();

    public Statement SetPublicPorts(EdgeId id, int sni, int? connect) =>
        new(
            "UPDATE edges SET public_port = @sni, connect_port = @Connect WHERE id = @Id",
            new
            {
                Id = id.Value,
                sni,
                Connect = (long?)connect,
            }
        );

    public Statement SaveReport(EdgeId id, DateTimeOffset at, string body) =>
        new(
            "INSERT INTO edge_reports (edge_id, reported_at_ms, body) VALUES (@Id, @At, @body) "
                + "ON CONFLICT (edge_id) DO UPDATE SET reported_at_ms = excluded.reported_at_ms, body = excluded.body",
            new
            {
                Id = id.Value,
                At = at.ToStore(),
                body,
            }
        );

    /// <summary>Records a call; an older time changes nothing.</summary>
    public Statement RecordContact(EdgeId id, DateTimeOffset at) =>
        new(
            "INSERT INTO edge_contacts (edge_id, heard_at_ms) VALUES (@Id, @At) "
                + "ON CONFLICT (edge_id) DO UPDATE SET heard_at_ms = excluded.heard_at_ms "
                + "WHERE excluded.heard_at_ms > edge_contacts.heard_at_ms",
            new { Id = id.Value, At = at.ToStore() }
        );

    /// <summary>The last call of each unarchived edge, to within the recording interval.</summary>
    public async ValueTask<IReadOnlyDictionary<string, DateTimeOffset>> ListContactsAsync(
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string EdgeId, long At)>(
            "SELECT c.edge_id, c.heard_at_ms FROM edge_contacts c JOIN edges e ON e.id = c.edge_id "
                + "WHERE e.archived_at_ms IS NULL",
            cancellationToken
        );
        return rows.ToDictionary(row => row.EdgeId, row => Instants.FromStore(row.At), StringComparer.Ordinal);
    }

    public ValueTask<string?> FindReportAsync(EdgeId id, CancellationToken cancellationToken) =>
        database.ScalarAsync<string>(
            "SELECT body FROM edge_reports WHERE edge_id = @Id",
            new { Id = id.Value },
            cancellationToken
        );

    public async ValueTask<IReadOnlyList<StoredEdgeReport>> ListReportsAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string EdgeId, long At, string Body)>(
            "SELECT r.edge_id, r.reported_at_ms, r.body FROM edge_reports r JOIN edges e ON e.id = r.edge_id "
                + "WHERE e.archived_at_ms IS NULL",
            cancellationToken
        );
        return [.. rows.Select(row => new StoredEdgeReport(row.EdgeId, Instants.FromStore(row.At), row.Body))];
    }

    private async ValueTask<IReadOnlyList<Edge>> QueryAsync(
        string condition,
        object? parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Table.Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToEdge())];
    }

    private sealed record Row
    {
        public required string Id { get; init; }

        public long Ordinal { get; init; }

        public required string Name { get; init; }

        /// <summary>The name until the edge is archived: only the names of unarchived edges are unique.</summary>
        [WriteOnly]
        public string? LiveName { get; init; }

        public required string Addresses { get; init; }

        public required string DnsNames { get; init; }

        public long? PublicPort { get; init; }

        public long? ConnectPort { get; init; }

        public long? DrainingAtMs { get; init; }

        public long CreatedAtMs { get; init; }

        public long? ArchivedAtMs { get; init; }

        public static Row Create(Edge edge) =>
            new()
            {
                Id = edge.Id.Value,
                Name = edge.Name,
                LiveName = edge.Name,
                Addresses = TextList.Join(edge.Addresses),
                DnsNames = TextList.Join(edge.DnsNames),
                CreatedAtMs = edge.CreatedAt.ToStore(),
            };

        public Edge ToEdge() =>
            new()
            {
                Id = EdgeId.Wrap(Id),
                Ordinal = Ordinal,
                Name = Name,
                Addresses = TextList.Split(Addresses),
                DnsNames = TextList.Split(DnsNames),
                PublicPort = (int?)PublicPort,
                ConnectPort = (int?)ConnectPort,
                DrainingAt = Instants.FromStore(DrainingAtMs),
                CreatedAt = Instants.FromStore(CreatedAtMs),
                ArchivedAt = Instants.FromStore(ArchivedAtMs),
            };
    }
}
