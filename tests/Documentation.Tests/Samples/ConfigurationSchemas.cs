using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Documentation.Tests.Samples;

/// <summary>What <c>config schema</c> of each program prints, read once.</summary>
internal sealed class ConfigurationSchemas
{
    private static readonly string[] Programs = ["identity-service", "tunnel-edge", "tunnel-agent"];

    private static readonly Lazy<Task<ConfigurationSchemas>> Once = new(ReadAsync);

    private readonly Dictionary<string, JsonObject> schemas;

    private ConfigurationSchemas(Dictionary<string, JsonObject> schemas) => this.schemas = schemas;

    public static Task<ConfigurationSchemas> GetAsync() => Once.Value;

    public IEnumerable<JsonObject> All => schemas.Values;

    public JsonObject Of(string program) => schemas[program];

    /// <summary>The top-level keys that have keys of their own.</summary>
    public IReadOnlySet<string> Sections =>
        All.SelectMany(schema => schema["properties"]!.AsObject())
            .Where(property => !Children(property.Value!).All(child => child.Name.Length == 0))
            .Select(property => property.Key)
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The entries of a dotted key in every program that has it; names of the operator's own count as any word.</summary>
    public IEnumerable<JsonNode> Find(string key) => All.SelectMany(schema => Find(schema, key.Split('.')));

    /// <summary>Whether any key, at any depth, ends so: pages name keys of a section without repeating the section.</summary>
    public bool HasEnding(string key) => All.Any(schema => HasEnding(schema, key.Split('.')));

    /// <summary>The value of a key without a setting, as the programs write it; empty where there is none.</summary>
    public static string DefaultOf(JsonNode entry) =>
        entry["default"] is { } value
            ? value.GetValueKind() == JsonValueKind.String
                ? value.GetValue<string>()
                : value.ToJsonString()
            : "";

    private static bool HasEnding(JsonNode node, string[] path) =>
        Find(node, path).Any() || Children(node).Any(child => HasEnding(child.Node, path));

    private static IEnumerable<JsonNode> Find(JsonNode node, ReadOnlyMemory<string> path) =>
        path.Length == 0
            ? [node]
            : Children(node)
                .Where(child => child.Name.Length == 0 || child.Name == path.Span[0])
                .SelectMany(child => Find(child.Node, path[1..]));

    private static IEnumerable<JsonNode> Find(JsonNode node, string[] path) => Find(node, path.AsMemory());

    /// <summary>The keys of a section, or of the entries of a list or map (whose names are empty: any name fits).</summary>
    public static IEnumerable<(string Name, JsonNode Node)> Children(JsonNode node)
    {
        if (node["properties"] is JsonObject properties)
        {
            foreach (var (name, property) in properties)
            {
                yield return (name, property!);
            }
        }

        if (node["additionalProperties"] is JsonObject entry)
        {
            yield return ("", entry);
        }

        if (node["items"] is JsonObject item)
        {
            foreach (var child in Children(item))
            {
                yield return child;
            }
        }
    }

    private static async Task<ConfigurationSchemas> ReadAsync()
    {
        var schemas = new Dictionary<string, JsonObject>();
        foreach (var program in Programs)
        {
            var (_, output) = await BuiltProgram.RunAsync(program, ["config", "schema"], CancellationToken.None);
            schemas.Add(program, (JsonObject)JsonNode.Parse(output)!);
        }

        return new ConfigurationSchemas(schemas);
    }
}
