using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Dapper;

namespace Culvert.Identity.Service.Audit;

/// <summary>Reads the chain; only the journal writes it.</summary>
internal sealed class AuditLog(Database database)
{
    /// <summary>Whether a decision of any node has used that replay key.</summary>
    public async ValueTask<bool> HasUsedAsync(ReplayKey key, CancellationToken cancellationToken)
    {
        return await database.ScalarAsync<long?>(
            "SELECT 1 FROM journal WHERE replay_key IN (@key, @stored) LIMIT 1",
            new { key = key.ToArray(), stored = key.ToStoredArray() },
            cancellationToken
        )
            is not null;
    }

    /// <summary>When the latest entry of any node was written; null = there is none.</summary>
    public async ValueTask<DateTimeOffset?> LatestAsync(CancellationToken cancellationToken)
    {
        var at = await database.ScalarAsync<long?>(
            "SELECT MAX(at_ms) FROM (SELECT (SELECT at_ms FROM journal WHERE node = nodes.name "
                + "ORDER BY sequence DESC LIMIT 1) AS at_ms FROM nodes) AS latest",
            cancellationToken
        );
        return Instants.FromStore(at);
    }

    /// <summary>The latest clock alarm of a node, or the confirmation after it; null = there is none.</summary>
    public async ValueTask<(string Event, DateTimeOffset At, byte[]? Body)?> LastClockEntryAsync(
        string node,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string Event, long At, byte[]? Body)>(
            "SELECT event, at_ms, body FROM journal WHERE node = @node "
                + "AND event IN ('clock_alarm', 'clock_confirmed') ORDER BY sequence DESC LIMIT 1",
            new { node },
            cancellationToken
        );
        return rows.FirstOrDefault() is ({ } name, var at, var body) ? (name, Instants.FromStore(at), body) : null;
    }

    public async ValueTask<(long Sequence, byte[] Hash)?> HeadAsync(string node, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(long, byte[])>(
            "SELECT sequence, hash FROM journal WHERE node = @node ORDER BY sequence DESC LIMIT 1",
            new { node },
            cancellationToken
        );
        return rows.Select(row => ((long, byte[])?)row).FirstOrDefault();
    }

    public async ValueTask<IReadOnlyList<string>> NodesAsync(CancellationToken cancellationToken) =>
        await database.QueryAsync<string>("SELECT name FROM nodes ORDER BY name", cancellationToken);

    /// <summary>A node's entries above <paramref name="after"/> in order, with their organizations.</summary>
    public async ValueTask<IReadOnlyList<(AuditEntry Entry, string? OrganizationId)>> ChainAsync(
        string node,
        long after,
        int count,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<AuditEntry, string?, (AuditEntry, string?)>(
            new CommandDefinition(
                $"SELECT {AuditEntry.Columns}, organization_id FROM journal "
                    + "WHERE node = @node AND sequence > @after ORDER BY sequence LIMIT @count",
                new
                {
                    node,
                    after,
                    count,
                },
                cancellationToken: cancellationToken
            ),
            (entry, organization) => (entry, organization),
            splitOn: "organization_id"
        );
        return rows.AsList();
    }
}
