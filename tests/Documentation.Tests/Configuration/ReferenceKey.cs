using System.Text.Json.Nodes;
using Culvert.Documentation.Tests.Samples;

namespace Culvert.Documentation.Tests.Configuration;

/// <summary>A key of a configuration file, as its schema has it.</summary>
/// <param name="Name">The full key; <c>NAME</c> and <c>[]</c> for entries of maps and lists.</param>
/// <param name="Node">Its part of the schema.</param>
internal sealed record ReferenceKey(string Name, JsonObject Node)
{
    /// <summary>A mapping of known keys: it has no value of its own.</summary>
    public bool IsSection => Annotation is null;

    public string Meaning => Text(Node, "description");

    public string Type => Text(Annotation, "type");

    public string Unit => Text(Annotation, "unit");

    public string Minimum => Text(Annotation, "minimum");

    public string Maximum => Text(Annotation, "maximum");

    /// <summary>As it would be written; null where the key has none.</summary>
    public string? Default => Annotation?["default"]?.GetValue<string>();

    public bool IsRequired => Annotation?["required"]?.GetValue<bool>() == true;

    /// <summary><c>reload</c> or <c>restart</c>.</summary>
    public string Change => Text(Annotation, "change");

    /// <summary>The words of a closed list.</summary>
    public IEnumerable<string> Words => (Node["enum"] as JsonArray ?? []).Select(word => word!.AsValueText());

    private JsonObject? Annotation => Node["x-culvert"] as JsonObject;

    /// <summary>All keys of a schema that have an effect, in its order, sections before what they have.</summary>
    public static IEnumerable<ReferenceKey> FindAll(JsonObject schema, string prefix = "")
    {
        foreach (var (name, node) in schema["properties"] as JsonObject ?? [])
        {
            if (node!["deprecated"] is not null)
            {
                continue; // accepted, without effect
            }

            var key = new ReferenceKey(prefix.Length == 0 ? name : $"{prefix}.{name}", (JsonObject)node!);
            yield return key;
            foreach (
                var inner in FindAll(key.Node, key.Name)
                    .Concat(FindAll(key.Node["additionalProperties"] as JsonObject ?? [], $"{key.Name}.NAME"))
                    .Concat(FindAll(key.Node["items"] as JsonObject ?? [], $"{key.Name}[]"))
            )
            {
                yield return inner;
            }
        }
    }

    private static string Text(JsonObject? node, string member) => node?[member]?.AsValueText() ?? "";
}
