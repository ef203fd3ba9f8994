using System.Data.Common;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Dapper;

namespace Culvert.Identity.Service.Audit;

/// <summary>
/// Finds an organization's entries, newest first. The database compares columns, this class members of the body; a request
/// reads a bounded number of entries and returns where it stopped.
/// </summary>
internal sealed class AuditSearch(Database database)
{
    private const int Batch = 500;

    // Entries may commit in another order than their times, but never this far apart.
    private static readonly TimeSpan Disorder = TimeSpan.FromMinutes(2);

    internal int MaxSearched { get; init; } = 20_000;

    /// <summary>
    /// At most <paramref name="count"/> entries with an ordinal below <paramref name="before"/>. If the search stopped
    /// early, also the ordinal down to which it is complete.
    /// </summary>
    public async ValueTask<(IReadOnlyList<AuditEntry> Entries, long? SearchedTo)> FindAsync(
        AuditQuery query,
        long before,
        int count,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var ordinal = query.Until is { } until ? Math.Min(before, Ordinals.At(until + Disorder)) : before;
        var oldest = query.Since is { } since ? Ordinals.At(since - Disorder) : 0;
        var isIndexed = query.RequestId is not null || AuditSearchSql.AreIndexed(query.Events);
        var floor = isIndexed ? null : await FindFloorAsync(connection, ordinal, cancellationToken);
        if (floor <= oldest)
        {
            floor = null;
        }

        var sql =
            query.RequestId is not null ? AuditSearchSql.ByRequest(query.Events)
            : isIndexed ? AuditSearchSql.ByEvents(query.Events!)
            : AuditSearchSql.Walk(query.Events);
        var found = new List<AuditEntry>();
        var batch = query.NeedsBody ? Math.Min(Batch, MaxSearched) : count;
        for (var searched = 0; searched < MaxSearched; searched += batch)
        {
            var rows = (
                await connection.QueryAsync<AuditEntry>(
                    new CommandDefinition(
                        sql,
                        CreateParameters(query, ordinal, floor ?? oldest, batch),
                        cancellationToken: cancellationToken
                    )
                )
            ).AsList();
            found.AddRange(rows.Where(row => query.Matches(row.Body)));
            if (found.Count >= count)
            {
                return (found.Take(count).ToList(), null);
            }

            if (rows.Count < batch)
            {
                return (found, floor);
            }

            ordinal = rows[^1].Ordinal;
        }

        return (found, ordinal);
    }

    private async ValueTask<long?> FindFloorAsync(
        DbConnection connection,
        long before,
        CancellationToken cancellationToken
    ) =>
        await connection.ExecuteScalarAsync<long?>(
            new CommandDefinition(
                AuditSearchSql.Floor,
                new { Before = before, Skip = MaxSearched - 1 },
                cancellationToken: cancellationToken
            )
        );

    internal static DynamicParameters CreateParameters(AuditQuery query, long before, long floor, int count)
    {
        var parameters = new DynamicParameters(
            new
            {
                query.OrganizationId,
                query.RequestId,
                Before = before,
                Floor = floor,
                Since = query.Since?.ToStore() ?? 0,
                Until = query.Until?.ToStore() ?? long.MaxValue,
                Count = (long)count,
            }
        );
        foreach (var (i, name) in (query.Events ?? []).Index())
        {
            parameters.Add($"Event{i}", name);
        }

        return parameters;
    }
}
