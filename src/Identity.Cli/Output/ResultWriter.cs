using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Spectre.Console;

namespace Culvert.Identity.Cli.Output;

/// <summary>Writes a result to standard output in the chosen format.</summary>
internal static class ResultWriter
{
    /// <summary>Wide enough that a pipe never sees a folded line.</summary>
    private const int UnboundedWidth = 100_000;

    /// <summary>Blanks between columns.</summary>
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
                WriteForPeople(format == OutputFormat.Wide ? Widen(result) : result, host);
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

    private static void WriteForPeople(CommandResult result, CliHost host)
    {
        if (result.Plain is { } plain)
        {
            host.Out.WriteLine(plain.TrimEnd('\n'));
            return;
        }

        var table = new Table().Border(TableBorder.None);
        if (result.Columns is { } columns)
        {
            foreach (var column in columns)
            {
                table.AddColumn(new TableColumn(new Text(column.Heading)).NoWrap().Padding(0, 0, Gap, 0));
            }

            foreach (var item in result.Json.Data())
            {
                table.AddRow(columns.Select(c => new Text(c.Of(item))));
            }
        }
        else
        {
            table
                .HideHeaders()
                .AddColumn(new TableColumn("").NoWrap().Padding(0, 0, Gap, 0))
                .AddColumn(new TableColumn("").Padding(0, 0));
            foreach (var (name, value) in result.Json.Where(p => p.Key != "type"))
            {
                table.AddRow(new Text(name), new Text(CellText.Of(value)));
            }
        }

        WriteTable(table, host);
    }

    private static void WriteTable(Table table, CliHost host)
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
        console.Profile.Width = host.OutputWidth ?? UnboundedWidth;
        console.Write(table);
        foreach (var line in text.ToString().TrimEnd().Split('\n'))
        {
            host.Out.WriteLine(line.TrimEnd());
        }
    }
}
