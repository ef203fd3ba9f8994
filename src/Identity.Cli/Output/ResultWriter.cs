using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Cli.Output;

internal static class ResultWriter
{
    /// <summary>Wide enough that a pipe never gets a folded line.</summary>
    private const int Unbounded = int.MaxValue / 2;

    /// <summary>Members that are a number of seconds although their name does not say so.</summary>
    private static readonly string[] Seconds = ["max_leaf_life"];

    public static void Write(CommandResult result, OutputFormat format, CliHost host)
    {
        switch (format)
        {
            case OutputFormat.Json:
                host.Out.WriteLine(result.Raw.TrimEnd());
                break;
            case OutputFormat.Yaml:
                host.Out.Write(YamlText.Format(result.Json));
                break;
            case OutputFormat.Name:
                WriteNames(result, host.Out);
                break;
            default:
                WriteForPeople(result, format, host);
                break;
        }
    }

    /// <summary>Adds a column for every other member that fits on a line.</summary>
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

    // A PEM text or a nested object does not fit into a cell.
    private static bool IsShort(JsonNode? value) =>
        value switch
        {
            JsonObject => false,
            JsonArray array => array.All(item => item is JsonValue),
            _ => !HasLines(value),
        };

    private static void WriteNames(CommandResult result, TextWriter output)
    {
        foreach (var item in result.Columns is null ? new JsonNode?[] { result.Json } : [.. result.Json.Data()])
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

        WriteObject(result.Json, host.OutputWidth, host.Out);
    }

    /// <summary>One member per line; on a terminal, values are folded to the remaining width.</summary>
    private static void WriteObject(JsonObject json, int? width, TextWriter output)
    {
        var rows = json.Where(p => p.Key != "type").SelectMany(p => Rows(p.Key, p.Value)).ToList();
        var names = rows.Select(row => DisplayWidth.Measure(row.Name)).DefaultIfEmpty().Max();
        var values = width is { } limit ? Math.Max(TextTable.NarrowestFold, limit - names - TextTable.Gap) : Unbounded;
        TextTable.Write(output, [names, values], rows.Select(row => (string[])[row.Name, row.Value]));
    }

    /// <summary>
    /// An object of a list has rows of its own (<c>chain.1.subject</c>), and so has an object with a multi-line text
    /// (<c>jwks.ca_cert_pem</c>), which keeps its lines.
    /// </summary>
    private static IEnumerable<(string Name, string Value)> Rows(string name, JsonNode? value) =>
        value switch
        {
            JsonArray list when list.Any(item => item is JsonObject) || HasLines(list) => list.SelectMany(
                (item, place) =>
                    item is JsonObject one
                        ? one.SelectMany(member => Rows($"{name}.{place + 1}.{member.Key}", member.Value))
                        : Rows($"{name}.{place + 1}", item)
            ),
            JsonObject one when HasLines(one) => one.SelectMany(member => Rows($"{name}.{member.Key}", member.Value)),
            JsonValue text when HasLines(text) =>
            [
                (
                    name,
                    string.Join(
                        '\n',
                        text.GetValue<string>().TrimEnd().Split('\n').Select(line => CellText.Safe(line.TrimEnd('\r')))
                    )
                ),
            ],
            JsonValue number when Seconds.Contains(name) && number.TryGetValue(out long seconds) =>
            [
                (name, $"{CellText.Format(value)} s ({Durations.Rounded(TimeSpan.FromSeconds(seconds))})"),
            ],
            _ => [(name, CellText.Format(value))],
        };

    private static bool HasLines(JsonNode? value) =>
        value switch
        {
            JsonObject members => members.Any(member => HasLines(member.Value)),
            JsonArray list => list.Any(HasLines),
            JsonValue v => v.TryGetValue(out string? text) && text.Contains('\n', StringComparison.Ordinal),
            _ => false,
        };

    private static void WriteList(CommandResult result, OutputFormat format, CliHost host)
    {
        var width = format == OutputFormat.Wide ? null : host.OutputWidth;
        // A terminal shows ages; other formats and pipes show exact times.
        var list = new ListTable(result.Columns!, [.. result.Json.Data()], width, host.Time.GetUtcNow());
        list.Write(host.Out);
        if (list.Dropped.ToList() is { Count: > 0 } dropped)
        {
            host.Out.WriteLine($"(no room for {string.Join(", ", dropped)}: use -o wide)");
        }
    }
}
