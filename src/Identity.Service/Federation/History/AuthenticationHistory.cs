using System.Data.Common;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Dapper;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>Merges grants from the audit chain and denials from their own table, by the ordinals that both have.</summary>
/// <remarks>
/// The chain has no index by rule or subject, because every grant would pay for it. A search reads entries newest
/// first, and after <see cref="MaxSearched"/> of them returns what it has found and where it stopped.
/// </remarks>
internal sealed class AuthenticationHistory(Database database) : IAuthenticationHistory
{
    /// <summary>The most chain entries that one request reads.</summary>
    internal const int MaxSearched = 20_000;

    private const int Batch = 500;

    // Decisions may commit in another order than they were made in, but never two that are this far apart.
    private static readonly TimeSpan Disorder = TimeSpan.FromMinutes(2);

    public async ValueTask<HistoryPage> ListAsync(
        HistoryQuery query,
        long before,
        int count,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var entries = new List<Numbered<HistoryEntry>>();
        long? searchedTo = null;
        if (query.WantsGrants)
        {
            searchedTo = await AddGrantsAsync(entries, connection, query, before, count, cancellationToken);
        }

        if (query.WantsDenials)
        {
            entries.AddRange(await DenialStore.ListAsync(connection, query, before, count, cancellationToken));
        }

        // Entries before the point where the search stopped may be incomplete.
        var rows = entries
            .Where(entry => searchedTo is null || entry.Ordinal >= searchedTo)
            .OrderByDescending(entry => entry.Ordinal)
            .Take(count)
            .ToList();
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i] = rows[i] with
            {
                Value = await CompleteAsync(connection, query.OrganizationId, rows[i].Value, cancellationToken),
            };
        }

        return new HistoryPage(rows, rows.Count == count ? null : searchedTo);
    }

    public async ValueTask<HistoryEntry?> FindAsync(
        string organizationId,
        string requestId,
        CancellationToken cancellationToken
    )
    {
        var query = new HistoryQuery { OrganizationId = organizationId, RequestId = requestId };
        var page = await ListAsync(query, long.MaxValue, 1, cancellationToken);
        return page.Rows is [var only, ..] ? only.Value : null;
    }

    public async ValueTask<bool> VisitProvenAsync(
        string organizationId,
        string issuerId,
        DateTimeOffset since,
        int maxEntries,
        Func<ProvenClaims, ValueTask<bool>> visit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var query = new HistoryQuery
        {
            OrganizationId = organizationId,
            IssuerId = issuerId,
            Since = since,
        };
        var stoppedAt = await SearchAsync(
            connection,
            query,
            long.MaxValue,
            maxEntries,
            entry =>
                query.Matches(entry.Value) && entry.Value.ClaimsJson is { } json
                    ? visit(
                        new ProvenClaims(
                            entry.Value.RequestId!,
                            entry.Value.At,
                            entry.Value.IsGranted,
                            entry.Value.RuleId,
                            entry.Value.Subject,
                            System.Text.Encoding.UTF8.GetBytes(json)
                        )
                    )
                    : new(true),
            cancellationToken
        );
        return stoppedAt is not null;
    }

    public async ValueTask<(IReadOnlySet<string> Used, bool IsComplete)> UsedRulesAsync(
        string organizationId,
        IReadOnlySet<string> ruleIds,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        if (ruleIds.Count == 0)
        {
            return (used, true);
        }

        await using var connection = await database.OpenReadAsync(cancellationToken);
        var query = new HistoryQuery
        {
            OrganizationId = organizationId,
            IsGranted = true,
            Since = since,
        };
        var stoppedAt = await SearchAsync(
            connection,
            query,
            long.MaxValue,
            MaxSearched,
            entry =>
            {
                if (ruleIds.Contains(entry.Value.RuleId) && query.Matches(entry.Value))
                {
                    used.Add(entry.Value.RuleId);
                }

                return new(used.Count < ruleIds.Count);
            },
            cancellationToken
        );
        return (used, stoppedAt is null);
    }

    // Two texts instead of `@RequestId = '' OR …`, which no index supports: the whole journal would be read.
    internal static string ProvenSql(bool byRequest) =>
        "SELECT ordinal, body FROM journal WHERE organization_id = @OrganizationId "
        + "AND event = @Event AND ordinal < @Before AND body IS NOT NULL "
        + (byRequest ? "AND request_id = @RequestId " : "")
        + "ORDER BY ordinal DESC LIMIT @Count";

    private static async Task<long?> AddGrantsAsync(
        List<Numbered<HistoryEntry>> entries,
        DbConnection connection,
        HistoryQuery query,
        long before,
        int count,
        CancellationToken cancellationToken
    )
    {
        var grants = query with { IsGranted = true };
        return await SearchAsync(
            connection,
            query,
            before,
            MaxSearched,
            entry =>
            {
                if (grants.Matches(entry.Value))
                {
                    entries.Add(entry);
                }

                return new(entries.Count < count);
            },
            cancellationToken
        );
    }

    // Reads proven exchanges, newest first, until the visitor has enough, the entries are older than requested, or the
    // read limit is reached. In the last case returns the ordinal from which on all entries were read, otherwise null.
    private static async Task<long?> SearchAsync(
        DbConnection connection,
        HistoryQuery query,
        long before,
        int maxEntries,
        Func<Numbered<HistoryEntry>, ValueTask<bool>> visit,
        CancellationToken cancellationToken
    )
    {
        var ordinal = before;
        if (query.Until is { } until)
        {
            ordinal = Math.Min(ordinal, Ordinals.At(until + Disorder));
        }

        var oldest = query.Since - Disorder;
        for (var searched = 0; searched < maxEntries; )
        {
            var rows = await RowsAsync(
                connection,
                query,
                ordinal,
                Math.Min(Batch, maxEntries - searched),
                cancellationToken
            );
            foreach (var row in rows)
            {
                var entry = HistoryEntryReader.Read(row.Body);
                if (entry.At < oldest || !await visit(new Numbered<HistoryEntry>(row.Ordinal, entry)))
                {
                    return null;
                }
            }

            if (rows.Count < Batch && searched + rows.Count < maxEntries)
            {
                return null;
            }

            searched += rows.Count;
            ordinal = rows.Count > 0 ? rows[^1].Ordinal : ordinal;
        }

        return ordinal;
    }

    private static async Task<List<JournalRow>> RowsAsync(
        DbConnection connection,
        HistoryQuery query,
        long before,
        int count,
        CancellationToken cancellationToken
    ) =>
        (
            await connection.QueryAsync<JournalRow>(
                new CommandDefinition(
                    ProvenSql(query.RequestId is not null),
                    new
                    {
                        query.OrganizationId,
                        query.RequestId,
                        Event = AuditEvents.FederatedAuthentication,
                        Before = before,
                        Count = count,
                    },
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();

    // The chain has the claims of a proven denial; only the rows of one page are looked up there.
    private static async Task<HistoryEntry> CompleteAsync(
        DbConnection connection,
        string organizationId,
        HistoryEntry entry,
        CancellationToken cancellationToken
    )
    {
        if (!entry.IsProven || entry.IsGranted)
        {
            return entry;
        }

        var rows = await RowsAsync(
            connection,
            new HistoryQuery { OrganizationId = organizationId, RequestId = entry.RequestId },
            long.MaxValue,
            1,
            cancellationToken
        );
        return rows is [var row, ..] ? HistoryEntryReader.Read(row.Body) with { Trace = entry.Trace } : entry;
    }

    private sealed record JournalRow
    {
        public long Ordinal { get; init; }

        public required byte[] Body { get; init; }
    }
}
