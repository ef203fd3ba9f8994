using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed class CallerStore(Database database)
{
    private const string Insert =
        "INSERT INTO tunnel_callers (ordinal, tunnel_id, entry_key, caller_key, place, route, kind, name, issuer, "
        + "subject, client_id, calls, denied, first_called_at_ms, last_called_at_ms) SELECT "
        + "(SELECT COALESCE(MAX(ordinal), 0) + 1 FROM tunnel_callers), @TunnelId, @EntryKey, @CallerKey, "
        + "(SELECT COALESCE(MAX(place), 0) + 1 FROM tunnel_callers WHERE tunnel_id = @TunnelId), @Route, @Kind, @Name, "
        + "@Issuer, @Subject, @ClientId, @Calls, @Denied, @CalledAt, @CalledAt "
        + $"WHERE {InventoryStore.NotCounted} "
        + "AND (EXISTS (SELECT 1 FROM tunnel_callers WHERE tunnel_id = @TunnelId AND entry_key = @EntryKey) "
        + "OR (SELECT COALESCE(MAX(place), 0) FROM tunnel_callers WHERE tunnel_id = @TunnelId) < @Limit) "
        + "ON CONFLICT (tunnel_id, entry_key) DO UPDATE SET "
        + "calls = tunnel_callers.calls + excluded.calls, "
        + "denied = tunnel_callers.denied + excluded.denied, "
        + "first_called_at_ms = CASE WHEN excluded.first_called_at_ms < tunnel_callers.first_called_at_ms "
        + "THEN excluded.first_called_at_ms ELSE tunnel_callers.first_called_at_ms END, "
        + "last_called_at_ms = CASE WHEN excluded.last_called_at_ms > tunnel_callers.last_called_at_ms "
        + "THEN excluded.last_called_at_ms ELSE tunnel_callers.last_called_at_ms END";

    /// <summary>
    /// Must precede the statements of <see cref="InventoryStore.Add"/>, which mark the part as counted. Rows beyond a
    /// tunnel's limit are left out.
    /// </summary>
    public IEnumerable<Statement> Add(
        TunnelId tunnelId,
        string instanceId,
        AgentReportUsage usage,
        DateTimeOffset now,
        int limit
    ) =>
        from use in usage.Entries
        from caller in use.Callers ?? []
        let onRoute = RouteCaller.From(use, caller)
        select new Statement(
            Insert,
            new
            {
                TunnelId = tunnelId.Value,
                InstanceId = instanceId,
                usage.Run,
                usage.Sequence,
                Limit = (long)limit,
                EntryKey = onRoute.EntryKey(use.Kind, use.Name),
                CallerKey = onRoute.Key,
                use.Route,
                use.Kind,
                use.Name,
                caller.Issuer,
                caller.Subject,
                caller.ClientId,
                caller.Calls,
                caller.Denied,
                CalledAt = InventoryStore.Instant(caller.LastCalledAt, now),
            }
        );

    /// <summary>
    /// Returns the callers that are not stored yet. Returns none if the tunnel has reached the limit, because callers
    /// that cannot be stored would be new in every report.
    /// </summary>
    public async ValueTask<IReadOnlyList<RouteCaller>> ListNewAsync(
        TunnelId tunnelId,
        IReadOnlyList<RouteCaller> callers,
        int limit,
        CancellationToken cancellationToken
    )
    {
        if (callers.Count == 0)
        {
            return [];
        }

        var known = await database.QueryAsync<string>(
            "SELECT DISTINCT caller_key FROM tunnel_callers WHERE tunnel_id = @Value AND "
                + database.AnyOf("caller_key", "@keys"),
            new { tunnelId.Value, keys = callers.Select(caller => caller.Key).ToArray() },
            cancellationToken
        );
        var unknown = callers.ExceptBy(known, caller => caller.Key).ToList();
        return unknown.Count > 0 && await IsFullAsync(tunnelId, limit, cancellationToken) ? [] : unknown;
    }

    /// <summary>Stale when another report stored the caller first.</summary>
    public Statement RequireNew(TunnelId tunnelId, RouteCaller caller) =>
        new(
            "SELECT 1 FROM tunnel_callers WHERE tunnel_id = @TunnelId AND caller_key = @Key LIMIT 1",
            new { TunnelId = tunnelId.Value, caller.Key }
        )
        {
            ExpectedRows = 0,
        };

    /// <summary>One row per caller and route, newest first.</summary>
    public async ValueTask<IReadOnlyList<CallerRow>> ListAsync(
        InventoryFilter filter,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        await database.QueryAsync<CallerRow>(
            "SELECT MIN(c.ordinal) AS ordinal, c.tunnel_id, c.route, c.issuer, c.subject, c.client_id, "
                + "COUNT(*) AS names, CAST(SUM(c.calls) AS BIGINT) AS calls, CAST(SUM(c.denied) AS BIGINT) AS denied, "
                + "MIN(c.first_called_at_ms) AS first_called_at_ms, MAX(c.last_called_at_ms) AS last_called_at_ms "
                + "FROM tunnel_callers c JOIN tunnels t ON t.id = c.tunnel_id WHERE "
                + filter.ToSql("c")
                + (filter.Caller is null ? "" : " AND (c.subject = @Caller OR c.client_id = @Caller)")
                + " GROUP BY c.tunnel_id, c.route, c.issuer, c.subject, c.client_id "
                + "HAVING MIN(c.ordinal) < @Before ORDER BY MIN(c.ordinal) DESC LIMIT @Count",
            new
            {
                filter.OrganizationId,
                filter.WorkspaceId,
                filter.TunnelId,
                filter.Route,
                filter.Caller,
                page.Before,
                Count = page.Limit + 1,
            },
            cancellationToken
        );

    private async ValueTask<bool> IsFullAsync(TunnelId tunnelId, int limit, CancellationToken cancellationToken) =>
        await database.ScalarAsync<long>(
            "SELECT COALESCE(MAX(place), 0) FROM tunnel_callers WHERE tunnel_id = @Value",
            new { tunnelId.Value },
            cancellationToken
        ) >= limit;
}
