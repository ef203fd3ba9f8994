using System.Text.Json;

namespace Culvert.Identity.Service.Console.Shared;

/// <param name="Rows">Callers, each with a cell for every column.</param>
internal sealed record CallMatrix(IReadOnlyList<CallMatrixColumn> Columns, IReadOnlyList<CallMatrixRow> Rows)
{
    public static readonly CallMatrix Empty = new([], []);

    /// <summary>The limit of a readable page.</summary>
    private const int MaxColumns = 24;

    private const int MaxRows = 100;

    /// <param name="callers">From <c>/v1/inventory/callers</c>.</param>
    /// <param name="routes">From <c>/v1/inventory/routes</c>, for the columns.</param>
    public static CallMatrix From(IReadOnlyList<JsonElement> callers, IReadOnlyList<JsonElement> routes)
    {
        var shown = routes.Select(ToColumn).ToHashSet();
        var found = callers.Where(caller => shown.Contains(ToColumn(caller))).ToList();
        var columns = found
            .GroupBy(ToColumn)
            .OrderByDescending(column => column.Sum(caller => caller.Number("calls")))
            .Select(column => column.Key)
            .Take(MaxColumns)
            .ToList();
        var most = found.Select(caller => caller.Number("calls")).DefaultIfEmpty().Max();
        return new CallMatrix(
            columns,
            [
                .. found
                    .GroupBy(caller => (caller.Text("issuer"), caller.Text("subject"), caller.Text("client_id")))
                    .OrderByDescending(row => row.Sum(caller => caller.Number("calls")))
                    .Take(MaxRows)
                    .Select(row => ToRow([.. row], columns, most)),
            ]
        );
    }

    public static string NameCaller(JsonElement caller) =>
        caller.Text("subject") ?? caller.Text("client_id") ?? "not authenticated";

    private static CallMatrixColumn ToColumn(JsonElement item) =>
        new(item.Text("tunnel_id") ?? "", item.Text("route") ?? "");

    private static CallMatrixRow ToRow(
        IReadOnlyList<JsonElement> entries,
        IReadOnlyList<CallMatrixColumn> columns,
        long most
    )
    {
        var caller = entries[0];
        var client = caller.Text("subject") is null ? null : caller.Text("client_id");
        var byColumn = entries.ToDictionary(ToColumn);
        return new CallMatrixRow(
            NameCaller(caller),
            string.Join(" at ", new[] { client, caller.Text("issuer") }.OfType<string>().Distinct()),
            [
                .. columns.Select(column =>
                    byColumn.TryGetValue(column, out var entry)
                        ? new CallMatrixCell(entry.Number("calls"), entry.Number("denied"), most)
                        : new CallMatrixCell(0, 0, most)
                ),
            ]
        );
    }
}
