using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Dapper;

namespace Culvert.Identity.Service.Audit.Export;

internal sealed class AuditExportStore(Database database)
{
    // Uses only the primary key (node, sequence), however long the chains are.
    private const string Lags =
        "SELECT c.node, c.position, c.newest, (SELECT at_ms FROM journal j WHERE j.node = c.node "
        + "AND j.sequence > c.position ORDER BY j.sequence LIMIT 1) AS oldest FROM ("
        + "SELECT n.name AS node, COALESCE((SELECT p.sequence FROM audit_export_positions p "
        + "WHERE p.target = @target AND p.node = n.name), 0) AS position, "
        + "COALESCE((SELECT j.sequence FROM journal j WHERE j.node = n.name ORDER BY j.sequence DESC LIMIT 1), 0) "
        + "AS newest FROM nodes n) AS c WHERE c.newest > c.position ORDER BY c.node";

    /// <summary>The chains with entries that the target lacks, by node.</summary>
    public async ValueTask<IReadOnlyList<ChainLag>> LagsAsync(string target, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Node, long Position, long Newest, long Oldest)>(
            Lags,
            new { target },
            cancellationToken
        );
        return
        [
            .. rows.Select(row => new ChainLag(row.Node, row.Position, row.Newest, Instants.FromStore(row.Oldest))),
        ];
    }

    public async ValueTask<IReadOnlyList<ExportedEntry>> ReadAsync(
        string node,
        long after,
        int count,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<AuditEntry, Facts, ExportedEntry>(
            new CommandDefinition(
                $"SELECT {AuditEntry.Columns}, event, organization_id, at_ms FROM journal "
                    + "WHERE node = @node AND sequence > @after ORDER BY sequence LIMIT @count",
                new
                {
                    node,
                    after,
                    count,
                },
                cancellationToken: cancellationToken
            ),
            (entry, facts) =>
                new ExportedEntry(entry, facts.OrganizationId, facts.Event, Instants.FromStore(facts.AtMs)),
            splitOn: "event"
        );
        return rows.AsList();
    }

    /// <summary>
    /// Records that the target has the entries up to <paramref name="to"/>; stale if its position is no longer
    /// <paramref name="from"/>.
    /// </summary>
    public Statement Advance(string target, string node, long from, long to) =>
        new Statement(
            "INSERT INTO audit_export_positions (target, node, sequence) VALUES (@target, @node, @to) "
                + "ON CONFLICT (target, node) DO UPDATE SET sequence = excluded.sequence "
                + "WHERE audit_export_positions.sequence = @from",
            new
            {
                target,
                node,
                from,
                to,
            }
        ).ExpectingOne();

    private sealed record Facts(string Event, string? OrganizationId, long AtMs);
}
