using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>What was called through each tunnel, summed over its agents.</summary>
internal sealed class InventoryStore(Database database)
{
    private const string Insert =
        "INSERT INTO tunnel_inventory (ordinal, tunnel_id, route, kind, name, allowed, denied, refused, would_deny, "
        + "would_refuse, first_seen_at_ms, last_seen_at_ms, last_called_at_ms, last_issuer, last_subject, "
        + "last_client_id) SELECT (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM tunnel_inventory), @TunnelId, @Route, @Kind, "
        + "@Name, @Allowed, @Denied, @Refused, @WouldDeny, @WouldRefuse, @SeenAt, @SeenAt, @CalledAt, @Issuer, "
        + "@Subject, @ClientId "
        + "WHERE NOT EXISTS (SELECT 1 FROM tunnel_inventory_marks WHERE tunnel_id = @TunnelId "
        + "AND instance_id = @InstanceId AND run = @Run AND sequence >= @Sequence) "
        + "AND (EXISTS (SELECT 1 FROM tunnel_inventory WHERE tunnel_id = @TunnelId AND route = @Route "
        + "AND kind = @Kind AND name = @Name) "
        + "OR (SELECT COUNT(*) FROM tunnel_inventory WHERE tunnel_id = @TunnelId) < @Limit) "
        + "ON CONFLICT (tunnel_id, route, kind, name) DO UPDATE SET "
        + "allowed = tunnel_inventory.allowed + excluded.allowed, "
        + "denied = tunnel_inventory.denied + excluded.denied, "
        + "refused = tunnel_inventory.refused + excluded.refused, "
        + "would_deny = tunnel_inventory.would_deny + excluded.would_deny, "
        + "would_refuse = tunnel_inventory.would_refuse + excluded.would_refuse, "
        + "last_seen_at_ms = CASE WHEN excluded.last_seen_at_ms > tunnel_inventory.last_seen_at_ms "
        + "THEN excluded.last_seen_at_ms ELSE tunnel_inventory.last_seen_at_ms END, "
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

    /// <summary>
    /// Adds one part of an agent's counts, once, however often it comes. Names beyond the limit of a tunnel are left out.
    /// </summary>
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
                    SeenAt = Instant(use.LastSeenAt, now),
                    CalledAt = use.LastCalledAt is { } called ? Instant(called, now) : 0L,
                    Issuer = use.LastCaller?.Issuer ?? "",
                    Subject = use.LastCaller?.Subject ?? "",
                    ClientId = use.LastCaller?.ClientId ?? "",
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

    /// <summary>Those of one route, or of all when null, the newest first.</summary>
    public async ValueTask<IReadOnlyList<InventoryEntry>> ListAsync(
        TunnelId tunnelId,
        string? route,
        PageRequest page,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<InventoryRow>(
            "SELECT ordinal AS Ordinal, route AS Route, kind AS Kind, name AS Name, allowed AS Allowed, "
                + "denied AS Denied, refused AS Refused, would_deny AS WouldDeny, would_refuse AS WouldRefuse, "
                + "first_seen_at_ms AS FirstSeenAt, last_seen_at_ms AS LastSeenAt, last_called_at_ms AS LastCalledAt, "
                + "last_issuer AS LastIssuer, last_subject AS LastSubject, last_client_id AS LastClientId "
                + "FROM tunnel_inventory WHERE tunnel_id = @Value AND ordinal < @Before "
                + "AND (@route IS NULL OR route = @route) ORDER BY ordinal DESC LIMIT @Count",
            new
            {
                tunnelId.Value,
                route,
                page.Before,
                page.Count,
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToEntry())];
    }

    // A clock that is ahead must not keep a name at the head for ever.
    private static long Instant(DateTime at, DateTimeOffset now)
    {
        var told = new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc));
        return (told < now ? told : now).ToStore();
    }
}
