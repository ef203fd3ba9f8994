using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed class RouteStore(Database database)
{
    private const string ByRoute = "tunnel_id = @TunnelId AND route = @Route";

    private static readonly Columns<RouteRow> Table = new("route_owners", "o");

    private static readonly string Select =
        $"SELECT {Table.Names}, t.organization_id FROM route_owners o JOIN tunnels t ON t.id = o.tunnel_id";

    private static readonly long PeriodMs = (long)RouteRow.AttestationPeriod.TotalMilliseconds;

    public async ValueTask<IReadOnlySet<string>> ListNamesAsync(
        TunnelId tunnelId,
        CancellationToken cancellationToken
    ) =>
        (
            await database.QueryAsync<string>(
                "SELECT route FROM route_owners WHERE tunnel_id = @Value",
                new { tunnelId.Value },
                cancellationToken
            )
        ).ToHashSet(StringComparer.Ordinal);

    /// <summary>Adds a new route; stale if it is known.</summary>
    public Statement Insert(TunnelId tunnelId, string route, DateTimeOffset now) =>
        new Statement(
            "INSERT INTO route_owners (ordinal, tunnel_id, route, first_seen_at_ms) SELECT "
                + "(SELECT COALESCE(MAX(ordinal), 0) + 1 FROM route_owners), @TunnelId, @Route, @Now",
            new
            {
                TunnelId = tunnelId.Value,
                Route = route,
                Now = now.ToStore(),
            }
        ).Unique();

    public async ValueTask<RouteRow?> FindAsync(string tunnelId, string route, CancellationToken cancellationToken) =>
        await database.SingleOrDefaultAsync<RouteRow>(
            $"{Select} WHERE o.tunnel_id = @TunnelId AND o.route = @Route",
            new { TunnelId = tunnelId, Route = route },
            cancellationToken
        );

    /// <summary>Newest route first.</summary>
    public async ValueTask<IReadOnlyList<RouteRow>> ListAsync(
        InventoryFilter filter,
        PageRequest page,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        await database.QueryAsync<RouteRow>(
            $"{Select} WHERE {Where(filter)} AND o.ordinal < @Before ORDER BY o.ordinal DESC LIMIT @Count",
            new
            {
                filter.OrganizationId,
                filter.WorkspaceId,
                filter.TunnelId,
                filter.Route,
                filter.Owner,
                DueSince = now.ToStore() - PeriodMs,
                page.Before,
                Count = page.Limit + 1,
            },
            cancellationToken
        );

    public async ValueTask<long> CountRoutesAsync(
        InventoryFilter filter,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        await database.ScalarAsync<long>(
            $"SELECT COUNT(*) FROM route_owners o JOIN tunnels t ON t.id = o.tunnel_id WHERE {Where(filter)}",
            new
            {
                filter.OrganizationId,
                filter.WorkspaceId,
                filter.TunnelId,
                filter.Route,
                filter.Owner,
                DueSince = now.ToStore() - PeriodMs,
            },
            cancellationToken
        );

    private static string Where(InventoryFilter filter) =>
        filter.ToSql("o")
        + (filter.Owner is null ? "" : " AND o.owner = @Owner")
        + (
            filter.IsOpen
                ? " AND (o.attested_at_ms IS NULL OR o.attested_at_ms <= @DueSince OR EXISTS (SELECT 1 "
                    + "FROM tunnel_inventory i WHERE i.tunnel_id = o.tunnel_id AND i.route = o.route "
                    + "AND i.ordinal > o.attested_ordinal))"
                : ""
        );

    /// <summary>The totals of these routes; a route without any is left out.</summary>
    public async ValueTask<IReadOnlyDictionary<(string TunnelId, string Route), RouteTotals>> CountAsync(
        IReadOnlyList<RouteRow> routes,
        CancellationToken cancellationToken
    )
    {
        var tunnels = routes.Select(route => route.TunnelId).Distinct(StringComparer.Ordinal).ToArray();
        if (tunnels.Length == 0)
        {
            return new Dictionary<(string, string), RouteTotals>();
        }

        var totals = await database.QueryAsync<RouteTotals>(
            "SELECT i.tunnel_id, i.route, COUNT(*) AS names, CAST(SUM(CASE WHEN i.ordinal > o.attested_ordinal "
                + "THEN 1 ELSE 0 END) AS BIGINT) AS unsanctioned_names, CAST(SUM(i.allowed + i.denied + i.refused "
                + "+ i.would_deny + i.would_refuse) AS BIGINT) AS calls, CAST(SUM(i.denied + i.refused) AS BIGINT) "
                + "AS denied, MAX(i.last_called_at_ms) AS last_called_at_ms, "
                + "CAST(SUM(i.answers_judged) AS BIGINT) AS answers_judged, "
                + "CAST(SUM(i.rows_crossed) AS BIGINT) AS rows_crossed, "
                + "CAST(SUM(i.rows_kept_inside) AS BIGINT) AS rows_kept_inside, "
                + "CAST(SUM(i.values_removed) AS BIGINT) AS values_removed, "
                + "CAST(SUM(i.answers_withheld) AS BIGINT) AS answers_withheld "
                + "FROM tunnel_inventory i JOIN route_owners o "
                + $"ON o.tunnel_id = i.tunnel_id AND o.route = i.route WHERE {database.AnyOf("i.tunnel_id", "@tunnels")} "
                + "GROUP BY i.tunnel_id, i.route",
            new { tunnels },
            cancellationToken
        );
        var found = totals.ToDictionary(one => (one.TunnelId, one.Route));
        var callers = await database.QueryAsync<(string TunnelId, string Route, long Callers)>(
            "SELECT d.tunnel_id, d.route, COUNT(*) FROM (SELECT DISTINCT tunnel_id, route, caller_key "
                + $"FROM tunnel_callers WHERE {database.AnyOf("tunnel_id", "@tunnels")}) d GROUP BY d.tunnel_id, d.route",
            new { tunnels },
            cancellationToken
        );
        foreach (var (tunnel, route, count) in callers)
        {
            if (found.TryGetValue((tunnel, route), out var one))
            {
                one.Callers = count;
            }
        }

        return found;
    }

    /// <summary>Empty = no owner.</summary>
    public Statement SetOwner(RouteRow route, string owner, string by, DateTimeOffset now) =>
        new Statement(
            "UPDATE route_owners SET owner = @owner, owner_changed_by = @by, owner_changed_at_ms = @Now "
                + $"WHERE {ByRoute}",
            new
            {
                route.TunnelId,
                route.Route,
                owner,
                by,
                Now = now.ToStore(),
            }
        ).ExpectingOne();

    /// <summary>Stores the number of unfit answers since the last message; stale if another report was first.</summary>
    public Statement SetUnfit(TunnelId tunnelId, string route, RouteRow known, long answers, DateTimeOffset noticed) =>
        new Statement(
            $"UPDATE route_owners SET unfit_answers = @answers, noticed_unfit_at_ms = @Noticed WHERE {ByRoute} "
                + "AND unfit_answers = @UnfitAnswers AND noticed_unfit_at_ms = @NoticedUnfitAtMs",
            new
            {
                TunnelId = tunnelId.Value,
                Route = route,
                answers,
                Noticed = noticed.ToStore(),
                known.UnfitAnswers,
                known.NoticedUnfitAtMs,
            }
        ).ExpectingOne();

    /// <summary>
    /// Sanctions all names of the route; stale if their number has changed. Names are never removed, so an equal number
    /// means the same set.
    /// </summary>
    public Statement Attest(RouteRow route, string? note, long names, string by, DateTimeOffset now) =>
        new Statement(
            "UPDATE route_owners SET attested_at_ms = @Now, attested_by = @by, note = @note, attested_ordinal = "
                + $"(SELECT COALESCE(MAX(ordinal), 0) FROM tunnel_inventory WHERE {ByRoute}) WHERE {ByRoute} "
                + $"AND (SELECT COUNT(*) FROM tunnel_inventory WHERE {ByRoute}) = @names",
            new
            {
                route.TunnelId,
                route.Route,
                note,
                names,
                by,
                Now = now.ToStore(),
            }
        ).ExpectingOne();

    public async ValueTask<IReadOnlyList<RouteRow>> ListDueAsync(
        DateTimeOffset now,
        int count,
        CancellationToken cancellationToken
    ) =>
        await database.QueryAsync<RouteRow>(
            $"{Select} WHERE t.archived_at_ms IS NULL AND COALESCE(o.attested_at_ms, o.first_seen_at_ms) <= @Since "
                + "AND o.noticed_due_at_ms < COALESCE(o.attested_at_ms, o.first_seen_at_ms) + @PeriodMs "
                + "ORDER BY o.ordinal LIMIT @count",
            new
            {
                Since = now.ToStore() - PeriodMs,
                PeriodMs,
                count,
            },
            cancellationToken
        );

    /// <summary>Once per due time; a repeat is stale.</summary>
    public Statement NoteNotice(RouteRow route) =>
        new Statement(
            $"UPDATE route_owners SET noticed_due_at_ms = @Due WHERE {ByRoute} AND noticed_due_at_ms < @Due",
            new
            {
                route.TunnelId,
                route.Route,
                Due = route.AttestationDueAt.ToStore(),
            }
        ).ExpectingOne();
}
