using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Culvert.Identity.Service.Storage;
using Dapper;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>The denials of the authentication history, proven or not, in a table of their own.</summary>
/// <param name="ordinals">The journal's: they place a denial among the entries of the chain.</param>
internal sealed class DenialStore(Database database, Ordinals ordinals)
{
    private static readonly Columns<DenialRow> Table = new("federation_refusals");

    public Statement Insert(RecordedDenial denial) => Table.Insert(new DenialRow(denial, ordinals.Next()));

    public Statement Forget(DateTimeOffset before) =>
        new("DELETE FROM federation_refusals WHERE at_ms < @Before", new { Before = before.ToStore() });

    /// <summary>The number of stored unproven refusals for each source and rule.</summary>
    public async ValueTask<IReadOnlyList<(string Source, string RuleId, int Rows)>> CountAsync(
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string Source, string RuleId, long Rows)>(
            "SELECT source, rule_id, COUNT(*) FROM federation_refusals WHERE proven = 0 GROUP BY source, rule_id",
            cancellationToken
        );
        return [.. rows.Select(row => (row.Source, row.RuleId, (int)row.Rows))];
    }

    /// <summary>Newest first, at most <paramref name="count"/>, with their ordinals.</summary>
    public static async Task<IEnumerable<Numbered<HistoryEntry>>> ListAsync(
        DbConnection connection,
        HistoryQuery query,
        long before,
        int count,
        CancellationToken cancellationToken
    )
    {
        var subject = query.Subject is [.. var prefix, '*'] ? prefix : query.Subject;
        var rows = await connection.QueryAsync<DenialRow>(
            new CommandDefinition(
                Table.Select
                    + " WHERE organization_id = @OrganizationId AND ordinal < @Before "
                    + FilterSql(query)
                    + "ORDER BY ordinal DESC LIMIT @Count",
                new
                {
                    query.OrganizationId,
                    Before = before,
                    query.RequestId,
                    query.Reason,
                    query.RuleId,
                    query.IssuerId,
                    query.ServiceAccountId,
                    Subject = subject,
                    SubjectLength = subject?.Length ?? 0,
                    Since = query.Since?.ToStore(),
                    Until = query.Until?.ToStore(),
                    Count = count,
                },
                cancellationToken: cancellationToken
            )
        );
        return rows.Select(row => new Numbered<HistoryEntry>(row.Ordinal, row.ToEntry()));
    }

    // The text consists of constants: each filter is included or not.
    private static string FilterSql(HistoryQuery query) =>
        (query.RequestId is null ? "" : "AND request_id = @RequestId ")
        + (query.Reason is null ? "" : "AND reason = @Reason ")
        + (query.RuleId is null ? "" : "AND rule_id = @RuleId ")
        + (query.IssuerId is null ? "" : "AND issuer_id = @IssuerId ")
        + (query.ServiceAccountId is null ? "" : "AND service_account_id = @ServiceAccountId ")
        + (query.Since is null ? "" : "AND at_ms >= @Since ")
        + (query.Until is null ? "" : "AND at_ms < @Until ")
        + query.Subject switch
        {
            null => "",
            [.., '*'] => "AND substr(subject, 1, @SubjectLength) = @Subject ",
            _ => "AND subject = @Subject ",
        };

    private sealed record DenialRow : RecordedDenial
    {
        public DenialRow() { }

        [SetsRequiredMembers]
        public DenialRow(RecordedDenial denial, long ordinal)
            : base(denial) => Ordinal = ordinal;

        public required long Ordinal { get; init; }

        public HistoryEntry ToEntry() =>
            new()
            {
                RequestId = RequestId,
                At = Instants.FromStore(AtMs),
                IsGranted = false,
                Reason = Reason,
                Detail = Detail,
                RuleId = RuleId,
                RuleVersion = (int?)RuleVersion,
                IssuerId = IssuerId,
                ServiceAccountId = ServiceAccountId,
                Subject = Subject,
                IsProven = Proven == 1,
                Source = Source,
                UserAgent = UserAgent,
                Refusals = Refusals,
                Trace = Trace,
            };
    }
}
