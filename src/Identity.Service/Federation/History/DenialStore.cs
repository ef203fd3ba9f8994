using System.Data.Common;
using Culvert.Identity.Service.Storage;
using Dapper;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>The denials of the authentication history, proven or not, in a table of their own.</summary>
/// <param name="ordinals">The journal's: they place a denial among the entries of the chain.</param>
internal sealed class DenialStore(Database database, Ordinals ordinals)
{
    public Statement Insert(RecordedDenial denial) =>
        new(
            "INSERT INTO federation_refusals (request_id, ordinal, at_ms, organization_id, rule_id, rule_version, "
                + "issuer_id, service_account_id, reason, detail, source, user_agent, refusals, proven, subject, trace) "
                + "VALUES (@RequestId, @Ordinal, @At, "
                + "@OrganizationId, @RuleId, @RuleVersion, @IssuerId, @ServiceAccountId, @Reason, @Detail, @Source, "
                + "@UserAgent, @Refusals, @Proven, @Subject, @Trace)",
            new
            {
                denial.RequestId,
                Ordinal = ordinals.Next(),
                At = denial.At.ToStore(),
                denial.OrganizationId,
                denial.RuleId,
                RuleVersion = (long?)denial.RuleVersion,
                denial.IssuerId,
                denial.ServiceAccountId,
                denial.Reason,
                denial.Detail,
                denial.Source,
                denial.UserAgent,
                denial.Refusals,
                Proven = denial.IsProven ? 1L : 0L,
                denial.Subject,
                denial.Trace,
            }
        );

    public Statement Forget(DateTimeOffset before) =>
        new("DELETE FROM federation_refusals WHERE at_ms < @Before", new { Before = before.ToStore() });

    /// <summary>The number of stored unproven refusals for each source and rule.</summary>
    public async ValueTask<IReadOnlyList<(string Source, string RuleId, int Rows)>> CountAsync(
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<CountRow>(
            "SELECT source AS Source, rule_id AS RuleId, COUNT(*) AS Rows FROM federation_refusals "
                + "WHERE proven = 0 GROUP BY source, rule_id",
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
                "SELECT ordinal AS Ordinal, request_id AS RequestId, at_ms AS At, rule_id AS RuleId, "
                    + "rule_version AS RuleVersion, issuer_id AS IssuerId, service_account_id AS ServiceAccountId, "
                    + "reason AS Reason, detail AS Detail, source AS Source, user_agent AS UserAgent, "
                    + "refusals AS Refusals, proven AS Proven, subject AS Subject, trace AS Trace "
                    + "FROM federation_refusals WHERE organization_id = @OrganizationId AND ordinal < @Before "
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

    private sealed record CountRow
    {
        public required string Source { get; init; }

        public required string RuleId { get; init; }

        public long Rows { get; init; }
    }

    private sealed record DenialRow
    {
        public long Ordinal { get; init; }

        public required string RequestId { get; init; }

        public long At { get; init; }

        public required string RuleId { get; init; }

        public long? RuleVersion { get; init; }

        public required string IssuerId { get; init; }

        public string? ServiceAccountId { get; init; }

        public required string Reason { get; init; }

        public string? Detail { get; init; }

        public required string Source { get; init; }

        public string? UserAgent { get; init; }

        public long Refusals { get; init; }

        public long Proven { get; init; }

        public string? Subject { get; init; }

        public string? Trace { get; init; }

        public HistoryEntry ToEntry() =>
            new()
            {
                RequestId = RequestId,
                At = Instants.FromStore(At),
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
