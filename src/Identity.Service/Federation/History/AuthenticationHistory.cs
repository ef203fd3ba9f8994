using System.Data.Common;
using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Dapper;

namespace Culvert.Identity.Service.Federation.History;

/// <summary>
/// Merges two sources, grants from the chain and denials from a table of their own, by the ordinals that both have.
/// </summary>
/// <remarks>
/// The chain has no index by rule or subject, because every grant would pay for it. A search there reads entries newest
/// first, and after <see cref="MaxSearched"/> of them gives back what it has found and where it stopped.
/// </remarks>
internal sealed class AuthenticationHistory(Database database, Ordinals ordinals) : IAuthenticationHistory
{
    /// <summary>Chain entries that one request reads at most.</summary>
    internal const int MaxSearched = 20_000;

    private const int Batch = 500;

    // Decisions commit in another order than they were made in; two that far apart never do.
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
            entries.AddRange(await DenialsAsync(connection, query, before, count, cancellationToken));
        }

        // Beyond the place where the search stopped nothing is known to be complete.
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

    public async ValueTask<IReadOnlyList<(string Source, string RuleId, int Rows)>> CountAsync(
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<CountRow>(
            new CommandDefinition(
                "SELECT source AS Source, rule_id AS RuleId, COUNT(*) AS Rows FROM federation_refusals "
                    + "WHERE proven = 0 GROUP BY source, rule_id",
                cancellationToken: cancellationToken
            )
        );
        return [.. rows.Select(row => (row.Source, row.RuleId, (int)row.Rows))];
    }

    // Two texts rather than `@RequestId = '' OR …`, for which no index serves and the whole journal is read.
    internal static string ProvenSql(bool byRequest) =>
        "SELECT ordinal AS Ordinal, body AS Body FROM journal WHERE organization_id = @OrganizationId "
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
    // limit of reads is reached. Returns the ordinal from which on all were seen in the last case, else null.
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
                var entry = EntryOf(row.Body);
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

    private static async Task<IEnumerable<Numbered<HistoryEntry>>> DenialsAsync(
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

    // Constants alone: each filter is in the text or not.
    private static string FilterSql(HistoryQuery query) =>
        (query.RequestId is null ? "" : "AND request_id = @RequestId ")
        + (query.Reason is null ? "" : "AND reason = @Reason ")
        + (query.RuleId is null ? "" : "AND rule_id = @RuleId ")
        + (query.IssuerId is null ? "" : "AND issuer_id = @IssuerId ")
        + (query.Since is null ? "" : "AND at_ms >= @Since ")
        + (query.Until is null ? "" : "AND at_ms < @Until ")
        + query.Subject switch
        {
            null => "",
            [.., '*'] => "AND substr(subject, 1, @SubjectLength) = @Subject ",
            _ => "AND subject = @Subject ",
        };

    // A proven denial has its claims in the chain; only the rows of one page are looked up there.
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
        return rows is [var row, ..] ? EntryOf(row.Body) with { Trace = entry.Trace } : entry;
    }

    private static HistoryEntry EntryOf(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        var actor = root.GetProperty("actor");
        var status = root.GetProperty("status");
        var data = root.GetProperty("event_data");
        var token = data.TryGetProperty("oidc_token", out var proven) ? proven : default;
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
            AssertionId =
                Text(token, "jti") ?? (data.TryGetProperty("access_token", out var own) ? Text(own, "jti") : null),
            WorkspaceId = Text(data, "workspace_id"),
            Scope = Text(data, "scope"),
            TokenId = Text(data, "token_id"),
            TokenExpiresAt =
                data.TryGetProperty("token_expires_at", out var end) && end.TryGetInt64(out var seconds)
                    ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                    : null,
            Audience = Text(data, "audience"),
            Family = Text(data, "family"),
            SubjectHash = SubjectHashOf(data, token),
            IsProven = true,
            Source = Text(actor, "ip_address"),
            UserAgent = Text(actor, "user_agent"),
            CandidateJson = data.TryGetProperty("candidate", out var candidate) ? candidate.GetRawText() : null,
            ClaimsJson =
                token.ValueKind == JsonValueKind.Object && token.TryGetProperty("claims", out var claims)
                    ? claims.GetRawText()
                    : null,
        };
    }

    // An access token of this service contains the hash; for an assertion it is computed.
    private static string? SubjectHashOf(JsonElement data, JsonElement assertion) =>
        data.TryGetProperty("access_token", out var own)
            ? own.TryGetProperty("claims", out var claims) && claims.TryGetProperty("src", out var source)
                ? Text(source, "sub")
                : null
            : assertion.ValueKind == JsonValueKind.Object
            && assertion.TryGetProperty("claims", out var asserted)
            && Text(asserted, "sub") is { } subject
                ? Sha256Text.Base64UrlOf(subject)
                : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private sealed record JournalRow
    {
        public long Ordinal { get; init; }

        public required byte[] Body { get; init; }
    }

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
