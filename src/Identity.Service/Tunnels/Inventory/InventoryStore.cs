using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>Calls through each tunnel, summed over its agents.</summary>
internal sealed class InventoryStore(Database database)
{
    /// <summary>True until the part of an agent's counts is marked as added, which is the last statement.</summary>
    internal const string NotCounted = $"NOT EXISTS (SELECT 1 {Counted})";

    private const string Counted =
        "FROM tunnel_inventory_marks WHERE tunnel_id = @TunnelId "
        + "AND instance_id = @InstanceId AND run = @Run AND sequence >= @Sequence";

    private static readonly Columns<InventoryRow> Table = new("tunnel_inventory", "i");

    private static readonly string Insert =
        $"{Table.InsertInto} SELECT {Table.Values} "
        + $"WHERE {NotCounted} "
        + "AND (EXISTS (SELECT 1 FROM tunnel_inventory WHERE tunnel_id = @TunnelId AND route = @Route "
        + "AND kind = @Kind AND name = @Name) "
        + "OR (SELECT COUNT(*) FROM tunnel_inventory WHERE tunnel_id = @TunnelId) < @Limit) "
        + "ON CONFLICT (tunnel_id, route, kind, name) DO UPDATE SET "
        + "allowed = tunnel_inventory.allowed + excluded.allowed, "
        + "denied = tunnel_inventory.denied + excluded.denied, "
        + "refused = tunnel_inventory.refused + excluded.refused, "
        + "would_deny = tunnel_inventory.would_deny + excluded.would_deny, "
        + "would_refuse = tunnel_inventory.would_refuse + excluded.would_refuse, "
        + "answers_judged = tunnel_inventory.answers_judged + excluded.answers_judged, "
        + "rows_crossed = tunnel_inventory.rows_crossed + excluded.rows_crossed, "
        + "rows_kept_inside = tunnel_inventory.rows_kept_inside + excluded.rows_kept_inside, "
        + "values_removed = tunnel_inventory.values_removed + excluded.values_removed, "
        + "answers_withheld = tunnel_inventory.answers_withheld + excluded.answers_withheld, "
        + "last_seen_at_ms = CASE WHEN excluded.last_seen_at_ms > tunnel_inventory.last_seen_at_ms "
        + "THEN excluded.last_seen_at_ms ELSE tunnel_inventory.last_seen_at_ms END, "
        + "last_shown_at_ms = CASE WHEN excluded.last_shown_at_ms > tunnel_inventory.last_shown_at_ms "
        + "THEN excluded.last_shown_at_ms ELSE tunnel_inventory.last_shown_at_ms END, "
        + "last_issuer = CASE WHEN excluded.last_called_at_ms > tunnel_inventory.last_called_at_ms "
        + "THEN excluded.last_issuer ELSE tunnel_inventory.last_issuer END, "
        + "last_subject = CASE WHEN excluded.last_called_at_ms > tunnel_inventory.last_called_at_ms "
        + "THEN excluded.last_subject ELSE tunnel_inventory.last_subject END, "
        + "last_client_id = CASE WHEN excluded.last_called_at_ms > tunnel_inventory.last_called_at_ms "
        + "THEN excluded.last_client_id ELSE tunnel_inventory.last_client_id END, "
        + "last_called_at_ms = CASE WHEN excluded.last_called_at_ms > tunnel_inventory.last_called_at_ms "
        + "THEN excluded.last_called_at_ms ELSE tunnel_inventory.last_called_at_ms END";

    // Later parts of a run have higher numbers, and only the newest run still sends any.
    private const string Mark =
        "INSERT INTO tunnel_inventory_marks (tunnel_id, instance_id, run, sequence) "
        + "VALUES (@TunnelId, @InstanceId, @Run, @Sequence) "
        + "ON CONFLICT (tunnel_id, instance_id) DO UPDATE SET run = excluded.run, sequence = excluded.sequence";

    // A name that no list showed for a day before the last list is one that a changed policy hides now. A name in parentheses
    // means several tools that are not counted one by one.
    private static readonly string Reachable =
        " AND i.name NOT LIKE '(%' AND (i.allowed > 0 OR (i.last_shown_at_ms > 0 AND i.last_shown_at_ms >= i.last_seen_at_ms - "
        + $"{(long)TimeSpan.FromDays(1).TotalMilliseconds}))";

    private const string OfCaller =
        " AND (i.tunnel_id, i.route, i.kind, i.name) IN (SELECT c.tunnel_id, c.route, c.kind, c.name "
        + "FROM tunnel_callers c JOIN tunnels u ON u.id = c.tunnel_id WHERE u.organization_id = @OrganizationId "
        + "AND (c.subject = @Caller OR c.client_id = @Caller))";

    /// <summary>Idempotent: adds one part of an agent's counts. Names beyond a tunnel's limit are left out.</summary>
    public IReadOnlyList<Statement> Add(
        TunnelId tunnelId,
        string instanceId,
        AgentReportUsage usage,
        DateTimeOffset now,
        int limit
    ) =>
        [
            .. usage.Entries.Select(use => new Statement(
                Insert,
                // The properties are named as those of InventoryRow, and as what NotCounted and the limit need.
                new
                {
                    TunnelId = tunnelId.Value,
                    InstanceId = instanceId,
                    usage.Run,
                    usage.Sequence,
                    Limit = (long)limit,
                    use.Route,
                    use.Kind,
                    use.Name,
                    Allowed = use.Decisions.GetValueOrDefault("allow"),
                    Denied = use.Decisions.GetValueOrDefault("deny"),
                    Refused = use.Decisions.GetValueOrDefault("refuse"),
                    WouldDeny = use.Decisions.GetValueOrDefault("would_deny"),
                    WouldRefuse = use.Decisions.GetValueOrDefault("would_refuse"),
                    FirstSeenAtMs = Instant(use.LastSeenAt, now),
                    LastSeenAtMs = Instant(use.LastSeenAt, now),
                    LastCalledAtMs = use.LastCalledAt is { } called ? Instant(called, now) : 0L,
                    LastShownAtMs = use.LastShownAt is { } shown ? Instant(shown, now) : 0L,
                    LastIssuer = use.LastCaller?.Issuer ?? "",
                    LastSubject = use.LastCaller?.Subject ?? "",
                    LastClientId = use.LastCaller?.ClientId ?? "",
                    AnswersJudged = use.Answers?.Judged ?? 0,
                    RowsCrossed = use.Answers?.RowsCrossed ?? 0,
                    RowsKeptInside = use.Answers?.RowsKeptInside ?? 0,
                    ValuesRemoved = use.Answers?.ValuesRemoved ?? 0,
                    AnswersWithheld = use.Answers?.Withheld ?? 0,
                }
            )),
            new Statement(
                Mark,
                new
                {
                    TunnelId = tunnelId.Value,
                    InstanceId = instanceId,
                    usage.Run,
                    usage.Sequence,
                }
            ),
        ];

    /// <summary>Whether this part of an agent's counts is already added.</summary>
    public async ValueTask<bool> IsCountedAsync(
        TunnelId tunnelId,
        string instanceId,
        AgentReportUsage usage,
        CancellationToken cancellationToken
    ) =>
        await database.ScalarAsync<long>(
            $"SELECT COUNT(*) {Counted}",
            new
            {
                TunnelId = tunnelId.Value,
                InstanceId = instanceId,
                usage.Run,
                usage.Sequence,
            },
            cancellationToken
        ) > 0;

    /// <summary>Newest name first.</summary>
    public async ValueTask<IReadOnlyList<InventoryRow>> ListAsync(
        InventoryFilter filter,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        await database.QueryAsync<InventoryRow>(
            $"SELECT {Table.Names}, COALESCE(o.attested_ordinal, 0) AS attested_ordinal "
                + "FROM tunnel_inventory i JOIN tunnels t ON t.id = i.tunnel_id "
                + "LEFT JOIN route_owners o ON o.tunnel_id = i.tunnel_id AND o.route = i.route WHERE "
                + filter.ToSql("i")
                + (filter.Kind is null ? "" : " AND i.kind = @Kind")
                + (filter.IsReachable ? Reachable : "")
                + (filter.IsOpen ? " AND i.ordinal > COALESCE(o.attested_ordinal, 0)" : "")
                + (filter.Caller is null ? "" : OfCaller)
                + " AND i.ordinal < @Before ORDER BY i.ordinal DESC LIMIT @Count",
            new
            {
                filter.OrganizationId,
                filter.WorkspaceId,
                filter.TunnelId,
                filter.Route,
                filter.Kind,
                filter.Caller,
                page.Before,
                page.Count,
            },
            cancellationToken
        );

    // A clock that is ahead must not keep a name at the top permanently.
    internal static long Instant(DateTime at, DateTimeOffset now)
    {
        var reported = new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc));
        return (reported < now ? reported : now).ToStore();
    }
}
