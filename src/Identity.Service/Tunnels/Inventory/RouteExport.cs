using System.Globalization;
using System.Text;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>Writes the list of routes page by page. An export that fails aborts the connection.</summary>
internal static class RouteExport
{
    private const int Page = 500;

    private static readonly byte[] Header = Encoding.UTF8.GetBytes(
        "tunnel_id,route,owner,names,unsanctioned_names,callers,calls,denied,first_seen_at,last_called_at,attested_at,"
            + "attested_by,note,attestation_due_at,open,answers_judged,rows_crossed,rows_kept_inside,values_removed,"
            + "answers_withheld\r\n"
    );

    public static async Task WriteCsvAsync(
        RouteStore routes,
        InventoryFilter filter,
        DateTimeOffset now,
        Stream body,
        CancellationToken cancellationToken
    )
    {
        await body.WriteAsync(Header, cancellationToken);
        var page = new PageRequest(Page, long.MaxValue, IncludeArchived: false);
        IReadOnlyList<RouteRow> rows;
        do
        {
            rows = await routes.ListAsync(filter, page, now, cancellationToken);
            var totals = await routes.CountAsync(rows, cancellationToken);
            var text = new StringBuilder();
            foreach (var row in rows)
            {
                var total = totals.GetValueOrDefault((row.TunnelId, row.Route), RouteTotals.None);
                WriteRow(text, row.ToDocument(total, now));
                page = page with { Before = row.Ordinal };
            }

            await body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
        } while (rows.Count > Page); // one row more than a page: more follow
    }

    private static void WriteRow(StringBuilder text, RouteDocument route) =>
        CsvText.AppendRow(
            text,
            route.TunnelId,
            route.Route,
            route.Owner,
            ToText(route.Names),
            ToText(route.UnsanctionedNames),
            ToText(route.Callers),
            ToText(route.Calls),
            ToText(route.Denied),
            CsvText.ToText(route.FirstSeenAt),
            CsvText.ToText(route.LastCalledAt),
            CsvText.ToText(route.AttestedAt),
            route.AttestedBy,
            route.Note,
            CsvText.ToText(route.AttestationDueAt),
            route.Open ? "true" : "false",
            ToText(route.Answers?.Judged ?? 0),
            ToText(route.Answers?.RowsCrossed ?? 0),
            ToText(route.Answers?.RowsKeptInside ?? 0),
            ToText(route.Answers?.ValuesRemoved ?? 0),
            ToText(route.Answers?.Withheld ?? 0)
        );

    private static string ToText(long number) => number.ToString(CultureInfo.InvariantCulture);
}
