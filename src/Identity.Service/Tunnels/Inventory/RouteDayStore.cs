using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed class RouteDayStore(Database database)
{
    /// <summary>How many days are stored, including the current one.</summary>
    public const int MaxDays = 400;

    private const string Insert =
        "INSERT INTO route_days (tunnel_id, day, route, calls, denied, drifts) "
        + "SELECT @TunnelId, @Day, @Route, @Calls, @Denied, @Drifts "
        + "WHERE EXISTS (SELECT 1 FROM route_owners WHERE tunnel_id = @TunnelId AND route = @Route)";

    private const string Sum =
        " ON CONFLICT (tunnel_id, day, route) DO UPDATE SET calls = route_days.calls + excluded.calls, "
        + "denied = route_days.denied + excluded.denied, drifts = route_days.drifts + excluded.drifts";

    private static readonly DateOnly Epoch = new(1970, 1, 1);

    /// <summary>
    /// Counts the calls on the day of their route's last call in that part, and deletes the days beyond <see
    /// cref="MaxDays"/>. Must follow the statements of <see cref="RouteStore.Insert"/> and precede those of <see
    /// cref="InventoryStore.Add"/>, which mark the part as counted.
    /// </summary>
    public IEnumerable<Statement> Add(TunnelId tunnelId, string instanceId, AgentReportUsage usage, DateTimeOffset now)
    {
        var oldest = OldestDay(now);
        yield return new Statement(
            "DELETE FROM route_days WHERE tunnel_id = @TunnelId AND day < @oldest",
            new { TunnelId = tunnelId.Value, oldest }
        );
        var days =
            from use in usage.Entries
            let calls = use.Decisions.Values.Sum()
            where calls > 0
            let day = Math.Max(oldest, GetDay(use.LastCalledAt ?? use.LastSeenAt, now))
            group (Calls: calls, Denied: CountDenied(use)) by (use.Route, Day: day);
        foreach (var day in days)
        {
            yield return new Statement(
                $"{Insert} AND {InventoryStore.NotCounted}{Sum}",
                new
                {
                    TunnelId = tunnelId.Value,
                    InstanceId = instanceId,
                    usage.Run,
                    usage.Sequence,
                    day.Key.Day,
                    day.Key.Route,
                    Calls = day.Sum(one => one.Calls),
                    Denied = day.Sum(one => one.Denied),
                    Drifts = 0L,
                }
            );
        }
    }

    /// <summary>Adds drifts that no earlier report contained.</summary>
    public IEnumerable<Statement> AddDrifts(TunnelId tunnelId, IEnumerable<string> routes, DateTimeOffset now) =>
        routes
            .CountBy(route => route, StringComparer.Ordinal)
            .Select(route => new Statement(
                Insert + Sum,
                new
                {
                    TunnelId = tunnelId.Value,
                    Day = GetDay(now),
                    Route = route.Key,
                    Calls = 0L,
                    Denied = 0L,
                    Drifts = (long)route.Value,
                }
            ));

    /// <summary>The last days up to now; days without an event are left out.</summary>
    /// <param name="days">1 to <see cref="MaxDays"/>.</param>
    public async ValueTask<RouteDaysDocument> ListAsync(
        InventoryFilter filter,
        int days,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var first = GetDay(now) - days + 1;
        var rows = await database.QueryAsync<(long Day, long Calls, long Denied, long Drifts)>(
            "SELECT d.day, CAST(SUM(d.calls) AS BIGINT), CAST(SUM(d.denied) AS BIGINT), CAST(SUM(d.drifts) AS BIGINT) "
                + "FROM route_days d JOIN tunnels t ON t.id = d.tunnel_id WHERE "
                + filter.ToSql("d")
                + " AND d.day >= @first GROUP BY d.day ORDER BY d.day",
            new
            {
                filter.OrganizationId,
                filter.WorkspaceId,
                filter.TunnelId,
                filter.Route,
                first,
            },
            cancellationToken
        );
        return new RouteDaysDocument(
            From: Epoch.AddDays((int)first),
            Days: days,
            Data:
            [
                .. rows.Select(row => new RouteDay(
                    Date: Epoch.AddDays((int)row.Day),
                    Calls: row.Calls,
                    Denied: row.Denied,
                    Drifts: row.Drifts
                )),
            ]
        );
    }

    private static long OldestDay(DateTimeOffset now) => GetDay(now) - MaxDays + 1;

    private static long GetDay(DateTime at, DateTimeOffset now) =>
        GetDay(Instants.FromStore(InventoryStore.Instant(at, now)));

    private static long GetDay(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime).DayNumber - Epoch.DayNumber;

    private static long CountDenied(AgentReportUse use) =>
        use.Decisions.GetValueOrDefault("deny") + use.Decisions.GetValueOrDefault("refuse");
}
