using System.Text;
using System.Text.Json.Nodes;
using Shouldly;

namespace Culvert.Documentation.Tests.Samples;

/// <summary>
/// <c>config schema</c> against the strict reader, by the programs themselves: what one knows, the other knows.
/// </summary>
public sealed class SchemaTests
{
    public static TheoryData<string> Programs => ["identity-service", "tunnel-edge", "tunnel-agent"];

    /// <summary>A file with every key of the schema: the reader may dislike the values, but no key.</summary>
    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Schema_EveryKey_IsKnownToTheReader(string program)
    {
        var schema = await SchemaAsync(program);
        var yaml = new StringBuilder();
        Write(yaml, schema, 0);
        var file = Path.Combine(Directory.CreateTempSubdirectory("culvert-schema-").FullName, "all.yaml");
        try
        {
            await File.WriteAllTextAsync(file, yaml.ToString(), Cancel);

            var (_, output) = await BuiltProgram.RunAsync(program, ["config", "check", "--config", file], Cancel);

            var lines = output.Split('\n');
            lines.Where(l => l.Contains("Unknown key") || l.Contains("is not supported")).ShouldBeEmpty();
            lines.Length.ShouldBeGreaterThan(1, "nothing was read");
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        }
    }

    /// <summary>Every key that the reader asks for in a sample, written there or not, is in the schema.</summary>
    [Theory]
    [MemberData(nameof(SampleTests.Samples), MemberType = typeof(SampleTests))]
    public async Task Reader_EveryKeyOfASample_IsInTheSchema(string sample)
    {
        using var host = new SampleHost(sample);
        var program = SampleTests.ProgramOf[sample];
        var schema = await SchemaAsync(program);

        var (exitCode, output) = await BuiltProgram.RunAsync(
            program,
            ["config", "show", "--config", host.File],
            Cancel
        );

        exitCode.ShouldBe(0, output);
        var paths = output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line[..line.IndexOf(": ")]);
        paths.Where(path => !Knows(schema, path.Split('.'))).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Schema_Everywhere_IsAsStrictAsTheReader(string program) =>
        Objects(await SchemaAsync(program)).ShouldAllBe(o => o["additionalProperties"] != null);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<JsonObject> SchemaAsync(string program)
    {
        var (exitCode, output) = await BuiltProgram.RunAsync(program, ["config", "schema"], Cancel);
        exitCode.ShouldBe(0, output);
        return (JsonObject)JsonNode.Parse(output)!;
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) =>
        node switch
        {
            JsonObject o =>
            [
                .. o["type"] is JsonValue type && type.AsValueText() == "object" ? [o] : Array.Empty<JsonObject>(),
                .. o.SelectMany(member => Objects(member.Value)),
            ],
            _ => [],
        };

    private static bool Knows(JsonNode? schema, ReadOnlySpan<string> path)
    {
        if (path.Length == 0)
        {
            return true;
        }

        // An entry of a list: listeners[0].
        var bracket = path[0].IndexOf('[');
        var name = bracket < 0 ? path[0] : path[0][..bracket];
        if (schema?["properties"]?[name] is { } property)
        {
            return Knows(bracket < 0 ? property : property["items"], path[1..]);
        }

        // The operator's own names, as of routes.
        return schema?["additionalProperties"] is JsonObject entry && Knows(entry, path[1..]);
    }

    private static void Write(StringBuilder yaml, JsonNode schema, int indent)
    {
        var pad = new string(' ', indent);
        foreach (var (key, property) in schema["properties"]!.AsObject())
        {
            yaml.Append(pad).Append(key).Append(':');
            if (property!["properties"] is not null)
            {
                yaml.AppendLine();
                Write(yaml, property, indent + 2);
            }
            else if (property["additionalProperties"] is JsonObject { } entry && entry["properties"] is not null)
            {
                yaml.AppendLine().Append(pad).AppendLine("  name:");
                Write(yaml, entry, indent + 4);
            }
            else if (property["items"]?["properties"] is not null)
            {
                yaml.AppendLine().Append(pad).AppendLine("  -");
                Write(yaml, property["items"]!, indent + 4);
            }
            else
            {
                yaml.Append(' ').AppendLine(Value(property));
            }
        }
    }

    private static string Value(JsonNode property) =>
        property["const"]?.ToString() is { } only ? Quoted(only)
        : property["default"]?.ToString() is { } standard && property["type"]?.AsValueText() == "string"
            ? $"\"{standard}\""
        : property["default"]?.ToString() is { } plain ? Quoted(plain)
        : property["type"]?.AsValueText() switch
        {
            "array" => "[]",
            "object" => "{}",
            "integer" => property["minimum"]!.ToString(),
            _ => "x",
        };

    private static string Quoted(string text) => text.Length == 0 ? "\"\"" : text;
}
