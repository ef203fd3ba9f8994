using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Platform.Doctor;
using Spectre.Console;

namespace Culvert.Identity.Cli.Output;

/// <summary>Writes a result to standard output in the chosen format.</summary>
internal static class ResultWriter
{
    /// <summary>Wide enough that a pipe never sees a folded line.</summary>
    private const int UnboundedWidth = 100_000;

    /// <summary>Blanks between a name and its value.</summary>
    private const int Gap = 2;

    public static void Write(CommandResult result, OutputFormat format, CliHost host)
    {
        switch (format)
        {
            case OutputFormat.Json:
                host.Out.WriteLine(result.Raw.TrimEnd());
                break;
            case OutputFormat.Yaml:
                host.Out.Write(YamlText.Of(result.Json));
                break;
            case OutputFormat.Name:
                WriteNames(result, host.Out);
                break;
            default:
                WriteForPeople(result, format, host);
                break;
        }
    }

    /// <summary>Every other member that fits on a line becomes a column of its own.</summary>
    private static CommandResult Widen(CommandResult result)
    {
        if (result.Columns is not { } columns)
        {
            return result;
        }

        var more = result
            .Json.Data()
            .OfType<JsonObject>()
            .SelectMany(item => item.Where(member => IsShort(member.Value)).Select(member => member.Key))
            .Distinct()
            .Where(name => name != "type" && columns.All(column => column.Member.Split('.')[0] != name))
            .Select(name => new Column(name.ToUpperInvariant().Replace('_', ' '), name));
        return result with { Columns = [.. columns, .. more] };
    }

    // A PEM is no cell, nor is an object of its own.
    private static bool IsShort(JsonNode? value) =>
        value switch
        {
            JsonObject => false,
            JsonArray array => array.All(item => item is JsonValue),
            JsonValue v when v.TryGetValue(out string? text) => !text.Contains('\n', StringComparison.Ordinal),
            _ => true,
        };

    private static void WriteNames(CommandResult result, TextWriter output)
    {
        foreach (var item in result.Columns is null ? [result.Json] : result.Json.Data())
        {
            output.WriteLine(CellText.Safe(item.Text("id") ?? item.Text("fingerprint") ?? "-"));
        }
    }

    private static void WriteForPeople(CommandResult result, OutputFormat format, CliHost host)
    {
        if (result.Plain is { } plain)
        {
            var text = plain.TrimEnd('\n');
            host.Out.WriteLine(host.IsColoured ? StatusColours.Paint(text) : text);
            return;
        }

        if (result.Columns is not null)
        {
            WriteList(format == OutputFormat.Wide ? Widen(result) : result, format, host);
            return;
        }

        var table = new Table()
            .Border(TableBorder.None)
            .HideHeaders()
            .AddColumn(new TableColumn("").NoWrap().Padding(0, 0, Gap, 0))
            .AddColumn(new TableColumn("").Padding(0, 0));
        foreach (var (name, value) in result.Json.Where(p => p.Key != "type").SelectMany(p => Rows(p.Key, p.Value)))
        {
            table.AddRow(new Text(name), new Text(value));
        }

        WriteTable(table, host.OutputWidth, host.Out);
    }

    /// <summary>Each object of a list has its own rows (<c>chain.1.subject</c>); a text of several lines keeps them.</summary>
    private static IEnumerable<(string Name, string Value)> Rows(string name, JsonNode? value) =>
        value switch
        {
            JsonArray list when list.Any(item => item is JsonObject) => list.SelectMany(
                (item, place) =>
                    item is JsonObject one
                        ? one.SelectMany(member => Rows($"{name}.{place + 1}.{member.Key}", member.Value))
                        : Rows($"{name}.{place + 1}", item)
            ),
            JsonValue text when text.TryGetValue(out string? lines) && lines.Contains('\n', StringComparison.Ordinal) =>
                [(name, string.Join('\n', lines.TrimEnd().Split('\n').Select(CellText.Safe)))],
            _ => [(name, CellText.Of(value))],
        };

    private static void WriteList(CommandResult result, OutputFormat format, CliHost host)
    {
        var width = format == OutputFormat.Wide ? null : host.OutputWidth;
        // A person at a terminal asks how long ago; whoever copies a time or reads it by program has the exact one.
        var list = new ListTable(result.Columns!, [.. result.Json.Data()], width, host.Time.GetUtcNow());
        // Its columns have their widths already: here nothing is folded once more.
        WriteTable(list.Render(), null, host.Out);
        if (list.Dropped.ToList() is { Count: > 0 } dropped)
        {
            host.Out.WriteLine($"(no room for {string.Join(", ", dropped)}: use -o wide)");
        }
    }

    private static void WriteTable(Table table, int? width, TextWriter output)
    {
        // Spectre pads every line to the table's width: rendered apart, so that no line ends in blanks.
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Out = new AnsiConsoleOutput(text),
                Interactive = InteractionSupport.No,
            }
        );
        console.Profile.Width = width ?? UnboundedWidth;
        console.Write(table);
        foreach (var line in text.ToString().TrimEnd().Split('\n'))
        {
            output.WriteLine(line.TrimEnd());
        }
    }
}
