using System.Globalization;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Output;

internal sealed class ListTable
{
    private readonly IReadOnlyList<Column> columns;
    private readonly IReadOnlyList<Column> shown;
    private readonly Dictionary<Column, List<string>> cells;
    private readonly Dictionary<Column, int> widths;
    private readonly int rows;

    /// <param name="width">The terminal's width; null = every column, in lines of any length.</param>
    /// <param name="now">With a width, times become ages.</param>
    public ListTable(IReadOnlyList<Column> columns, IReadOnlyList<JsonNode?> items, int? width, DateTimeOffset now)
    {
        columns = [.. columns.Where(column => column.IsOf(items))];
        this.columns = columns;
        rows = items.Count;
        cells = columns.ToDictionary(
            column => column,
            column =>
                items.Select(column.Format).Select(text => width is null ? ToSeconds(text) : ToAge(text, now)).ToList()
        );
        widths = columns.ToDictionary(
            column => column,
            column => cells[column].Append(column.Heading).Max(text => DisplayWidth.Measure(text))
        );
        shown = width is { } limit ? FitInto(limit) : columns;
    }

    public IEnumerable<string> Dropped => columns.Except(shown).Select(column => column.Heading);

    public void Write(TextWriter output) =>
        TextTable.Write(
            output,
            [.. shown.Select(column => widths[column])],
            Enumerable
                .Range(0, rows)
                .Select(row => shown.Select(column => cells[column][row]).ToList())
                .Prepend([.. shown.Select(column => column.Heading)])
        );

    // If even the required columns do not fit, the terminal wraps the lines: nothing is cut.
    private List<Column> FitInto(int limit)
    {
        var kept = columns.Where(column => column.Fit != Fit.Drop).ToHashSet();
        var used = kept.Sum(column => GetNarrowestWidth(column) + TextTable.Gap) - TextTable.Gap;
        foreach (var column in columns.Where(column => column.Fit == Fit.Drop))
        {
            if (used + TextTable.Gap + widths[column] <= limit)
            {
                kept.Add(column);
                used += TextTable.Gap + widths[column];
            }
        }

        foreach (var column in kept.Where(column => column.Fit == Fit.Wrap))
        {
            var wider = Math.Min(widths[column], GetNarrowestWidth(column) + Math.Max(0, limit - used));
            used += wider - GetNarrowestWidth(column);
            widths[column] = wider;
        }

        return [.. columns.Where(kept.Contains)];
    }

    private int GetNarrowestWidth(Column column) =>
        column.Fit == Fit.Wrap ? Math.Min(widths[column], TextTable.NarrowestFold) : widths[column];

    // Without fractions of a second, which cost a column; -o json has them.
    private static string ToSeconds(string text) => ParseTime(text) is null ? text : text[..19] + "Z";

    private static string ToAge(string text, DateTimeOffset now)
    {
        if (ParseTime(text) is not { } time)
        {
            return text;
        }

        var distance = (time - now).Duration();
        var age =
            distance.TotalDays >= 2 ? $"{(long)distance.TotalDays} d"
            : distance.TotalHours >= 2 ? $"{(long)distance.TotalHours} h"
            : distance.TotalMinutes >= 2 ? $"{(long)distance.TotalMinutes} min"
            : $"{(long)distance.TotalSeconds} s";
        return time > now ? $"in {age}" : $"{age} ago";
    }

    /// <summary>A time in the API's form; null for any other text.</summary>
    private static DateTimeOffset? ParseTime(string text) =>
        text.Length >= 20
        && text[10] == 'T'
        && text[19] is '.' or 'Z'
        && text[^1] == 'Z'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
