using System.Data.Common;
using System.Text.Json;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.History;
using Dapper;

namespace Culvert.Identity.Service.Storage.Federation;

/// <summary>
/// Merges two sources by an ordinal: a chain entry's is sequence × 2^20, an unproven refusal's is the chain's last
/// sequence at its time × 2^20 + a counter from 1, so it sorts between that entry and the next.
/// </summary>
internal sealed class AuthenticationHistory(Database database) : IAuthenticationHistory
{
    private const long SequenceStep = 1 << 20;

    private const int Batch = 500;

    private int counter;

    public async ValueTask<IReadOnlyList<Numbered<HistoryEntry>>> ListAsync(
        string organizationId,
        string? requestId,
        bool? granted,
        long before,
        int count,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var filter = new Filter(organizationId, requestId ?? "", before, count);
        var entries = new List<Numbered<HistoryEntry>>();
        await AddProvenAsync(entries, connection, filter, granted, cancellationToken);
        if (granted != true)
        {
            await AddUnprovenAsync(entries, connection, filter, cancellationToken);
        }

        return [.. entries.OrderByDescending(entry => entry.Ordinal).Take(count)];
    }

    public Statement Insert(UnprovenRefusal refusal) =>
        new(
            "INSERT INTO federation_refusals (request_id, ordinal, at_ms, organization_id, rule_id, issuer_id, reason, "
                + "detail, source, user_agent, refusals) VALUES (@RequestId, "
                + "(SELECT COALESCE(MAX(sequence), 0) FROM journal) * 1048576 + @Counter, @At, @OrganizationId, @RuleId, "
                + "@IssuerId, @Reason, @Detail, @Source, @UserAgent, @Refusals)",
            new
            {
                refusal.RequestId,
                Counter = NextCounter(),
                At = refusal.At.ToStore(),
                refusal.OrganizationId,
                refusal.RuleId,
                refusal.IssuerId,
                refusal.Reason,
                refusal.Detail,
                refusal.Source,
                refusal.UserAgent,
                refusal.Refusals,
            }
        );

    public Statement Forget(DateTimeOffset before) =>
        new("DELETE FROM federation_refusals WHERE at_ms < @Before", new { Before = before.ToStore() });

    public async ValueTask<IReadOnlyList<(string Source, string RuleId, int Rows)>> CountAsync(
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var newest = await connection.ExecuteScalarAsync<long?>(
            new CommandDefinition("SELECT MAX(ordinal) FROM federation_refusals", cancellationToken: cancellationToken)
        );
        // Goes on where an earlier run stopped, so that rows after the same chain entry stay in order.
        Interlocked.Exchange(ref counter, (int)((newest ?? 0) % SequenceStep) + 1);
        var rows = await connection.QueryAsync<CountRow>(
            new CommandDefinition(
                "SELECT source AS Source, rule_id AS RuleId, COUNT(*) AS Rows FROM federation_refusals "
                    + "GROUP BY source, rule_id",
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(row => (row.Source, row.RuleId, (int)row.Rows))];
    }

    // Two texts rather than `@RequestId = '' OR …`, for which no index serves and the whole journal is read.
    internal static string ProvenSql(bool byRequest) =>
        "SELECT sequence AS Sequence, body AS Body FROM journal WHERE organization_id = @OrganizationId "
        + "AND event = @Event AND sequence < @Before AND body IS NOT NULL "
        + (byRequest ? "AND request_id = @RequestId " : "")
        + "ORDER BY sequence DESC LIMIT @Count";

    private long NextCounter() => ((uint)Interlocked.Increment(ref counter) % (SequenceStep - 1)) + 1;

    private static async Task AddProvenAsync(
        List<Numbered<HistoryEntry>> entries,
        DbConnection connection,
        Filter filter,
        bool? granted,
        CancellationToken cancellationToken
    )
    {
        // Entries whose ordinal, sequence × 2^20, is below the cursor.
        var before = (filter.Before / SequenceStep) + (filter.Before % SequenceStep == 0 ? 0 : 1);
        while (true)
        {
            var rows = (
                await connection.QueryAsync<JournalRow>(
                    new CommandDefinition(
                        ProvenSql(filter.RequestId.Length > 0),
                        new
                        {
                            filter.OrganizationId,
                            filter.RequestId,
                            Event = AuditEvents.FederatedAuthentication,
                            Before = before,
                            Count = granted is null ? filter.Count : Batch,
                        },
                        cancellationToken: cancellationToken
                    )
                )
            ).AsList();
            entries.AddRange(
                rows.Select(row => new Numbered<HistoryEntry>(row.Sequence * SequenceStep, EntryOf(row.Body)))
                    .Where(entry => granted is null || entry.Value.IsGranted == granted)
            );
            // The outcome stands in the body alone, so a filter on it reads on until the page is full.
            if (granted is null || rows.Count < Batch || entries.Count >= filter.Count)
            {
                return;
            }

            before = rows[^1].Sequence;
        }
    }

    private static async Task AddUnprovenAsync(
        List<Numbered<HistoryEntry>> entries,
        DbConnection connection,
        Filter filter,
        CancellationToken cancellationToken
    )
    {
        var rows = await connection.QueryAsync<RefusalRow>(
            new CommandDefinition(
                "SELECT ordinal AS Ordinal, request_id AS RequestId, at_ms AS At, rule_id AS RuleId, "
                    + "issuer_id AS IssuerId, reason AS Reason, detail AS Detail, source AS Source, "
                    + "user_agent AS UserAgent, refusals AS Refusals FROM federation_refusals "
                    + "WHERE organization_id = @OrganizationId AND ordinal < @Before "
                    + (filter.RequestId.Length > 0 ? "AND request_id = @RequestId " : "")
                    + "ORDER BY ordinal DESC LIMIT @Count",
                filter,
                cancellationToken: cancellationToken
            )
        );
        entries.AddRange(rows.Select(row => new Numbered<HistoryEntry>(row.Ordinal, row.ToEntry())));
    }

    private static HistoryEntry EntryOf(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        var actor = root.GetProperty("actor");
        var status = root.GetProperty("status");
        var data = root.GetProperty("event_data");
        var token = data.GetProperty("oidc_token");
        return new HistoryEntry
        {
            RequestId = Text(root, "request_id"),
            At = root.GetProperty("at").GetDateTimeOffset(),
            IsGranted = Text(status, "outcome") == AuditStatus.Success.Outcome,
            Reason = Text(status, "reason"),
            Detail = Text(status, "detail"),
            RuleId = Text(data, "federation_rule_id")!,
            RuleVersion = data.GetProperty("rule_ver").GetInt32(),
            IssuerId = Text(data, "issuer_id")!,
            ServiceAccountId = Text(data, "service_account_id"),
            Subject = Text(actor, "subject"),
            AssertionId = Text(token, "jti"),
            WorkspaceId = Text(data, "workspace_id"),
            Scope = Text(data, "scope"),
            TokenId = Text(data, "token_id"),
            IsProven = true,
            Source = Text(actor, "ip_address"),
            UserAgent = Text(actor, "user_agent"),
            ClaimsJson = token.GetProperty("claims").GetRawText(),
        };
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private sealed record Filter(string OrganizationId, string RequestId, long Before, int Count);

    private sealed record JournalRow
    {
        public long Sequence { get; init; }

        public required byte[] Body { get; init; }
    }

    private sealed record CountRow
    {
        public required string Source { get; init; }

        public required string RuleId { get; init; }

        public long Rows { get; init; }
    }

    private sealed record RefusalRow
    {
        public long Ordinal { get; init; }

        public required string RequestId { get; init; }

        public long At { get; init; }

        public required string RuleId { get; init; }

        public required string IssuerId { get; init; }

        public required string Reason { get; init; }

        public string? Detail { get; init; }

        public required string Source { get; init; }

        public string? UserAgent { get; init; }

        public long Refusals { get; init; }

        public HistoryEntry ToEntry() =>
            new()
            {
                RequestId = RequestId,
                At = Instants.FromStore(At),
                IsGranted = false,
                Reason = Reason,
                Detail = Detail,
                RuleId = RuleId,
                IssuerId = IssuerId,
                IsProven = false,
                Source = Source,
                UserAgent = UserAgent,
                Refusals = Refusals,
            };
    }
}
