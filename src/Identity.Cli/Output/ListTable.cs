using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Culvert.Identity.Cli.Output;

/// <summary>A list as a table: the columns that fit on a line, and the width of each.</summary>
internal sealed class ListTable
{
    /// <summary>Blanks between columns.</summary>
    private const int Gap = 2;

    /// <summary>A folded column is no narrower: below that it is one letter a line.</summary>
    private const int NarrowestFold = 24;

    private readonly IReadOnlyList<Column> columns;
    private readonly IReadOnlyList<Column> shown;
    private readonly Dictionary<Column, List<string>> cells;
    private readonly Dictionary<Column, int> widths;
    private readonly int rows;

    /// <param name="columns">In their order.</param>
    /// <param name="items">One a line.</param>
    /// <param name="width">Of the terminal; null = every column, however long the lines become.</param>
    /// <param name="now">With a width, times become ages.</param>
    public ListTable(IReadOnlyList<Column> columns, IReadOnlyList<JsonNode?> items, int? width, DateTimeOffset now)
    {
        this.columns = columns;
        rows = items.Count;
        cells = columns.ToDictionary(
            column => column,
            column =>
                items.Select(column.Of).Select(text => width is null ? ToSeconds(text) : ToAge(text, now)).ToList()
        );
        widths = columns.ToDictionary(
            column => column,
            column => cells[column].Append(column.Heading).Max(text => WidthOf(text))
        );
        shown = width is { } limit ? FitInto(limit) : columns;
    }

    /// <summary>Headings of the columns that were left out.</summary>
    public IEnumerable<string> Dropped => columns.Except(shown).Select(column => column.Heading);

    public Table Render()
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in shown)
        {
            var made = new TableColumn(new Text(column.Heading)).Padding(0, 0, Gap, 0).Width(widths[column]);
            table.AddColumn(column.Fit == Fit.Wrap ? made : made.NoWrap());
        }

        for (var row = 0; row < rows; row++)
        {
            table.AddRow(shown.Select(column => new Text(cells[column][row])));
        }

        return table;
    }

    // Where not even those that stay fit, the terminal breaks the lines: nothing is cut.
    private List<Column> FitInto(int limit)
    {
        var kept = columns.Where(column => column.Fit != Fit.Drop).ToHashSet();
        var used = kept.Sum(column => NarrowestOf(column) + Gap) - Gap;
        foreach (var column in columns.Where(column => column.Fit == Fit.Drop))
        {
            if (used + Gap + widths[column] <= limit)
            {
                kept.Add(column);
                used += Gap + widths[column];
            }
        }

        foreach (var column in kept.Where(column => column.Fit == Fit.Wrap))
        {
            var wider = Math.Min(widths[column], NarrowestOf(column) + Math.Max(0, limit - used));
            used += wider - NarrowestOf(column);
            widths[column] = wider;
        }

        return [.. columns.Where(kept.Contains)];
    }

    private int NarrowestOf(Column column) =>
        column.Fit == Fit.Wrap ? Math.Min(widths[column], NarrowestFold) : widths[column];

    // Fractions of a second tell a person nothing, and cost a column. -o json has them.
    private static string ToSeconds(string text) => TimeOf(text) is null ? text : text[..19] + "Z";

    private static string ToAge(string text, DateTimeOffset now)
    {
        if (TimeOf(text) is not { } time)
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

    /// <summary>A moment as the API writes it; null for every other text.</summary>
    private static DateTimeOffset? TimeOf(string text) =>
        text.Length >= 20
        && text[10] == 'T'
        && text[19] is '.' or 'Z'
        && text[^1] == 'Z'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    // Names may hold characters that take two places, or none.
    private static int WidthOf(IRenderable text) => text.Measure(Options, int.MaxValue).Max;

    private static int WidthOf(string text) => WidthOf(new Text(text));

    private static readonly RenderOptions Options = RenderOptions.Create(
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) })
    );
}
