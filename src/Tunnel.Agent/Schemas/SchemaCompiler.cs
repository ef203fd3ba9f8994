using System.Text.Json;

namespace Culvert.Tunnel.Agent.Schemas;

internal sealed class SchemaCompiler
{
    private const int MaxSchemas = 4096;
    private const int MaxDepth = 64;

    private static readonly (string Uri, SchemaDialect Dialect)[] Dialects =
    [
        ("://json-schema.org/draft/2020-12/schema", SchemaDialect.Draft2020),
        ("://json-schema.org/draft/2019-09/schema", SchemaDialect.Draft2019),
        ("://json-schema.org/draft-07/schema", SchemaDialect.Draft7),
        ("://json-schema.org/draft-06/schema", SchemaDialect.Draft7),
    ];

    private readonly JsonElement root;
    private readonly string rootId;
    private readonly Dictionary<string, SchemaNode> nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (JsonElement Schema, string Place)> anchors = new(StringComparer.Ordinal);
    private int depth;

    public SchemaCompiler(JsonElement schema)
    {
        root = schema.Clone();
        var isObject = root.ValueKind == JsonValueKind.Object;
        Dialect =
            isObject && root.TryGetProperty("$schema", out var dialect)
                ? ReadDialect(dialect)
                : SchemaDialect.Draft2020;
        rootId =
            isObject && root.TryGetProperty("$id", out var id) && id.ValueKind == JsonValueKind.String
                ? id.GetString()!.TrimEnd('#')
                : "";
        FindAnchors(root, "");
    }

    public SchemaDialect Dialect { get; }

    public SchemaNode Compile() => Compile(root, "");

    /// <summary>Compiles a schema inside the one at <paramref name="place"/>.</summary>
    /// <exception cref="SchemaException">The schema is unusable.</exception>
    public SchemaNode Compile(JsonElement schema, string place, string step) => Compile(schema, Join(place, step));

    /// <exception cref="SchemaException">The target is not in this schema.</exception>
    public SchemaNode Resolve(JsonElement reference, string place)
    {
        var text = ReadText(reference, place);
        if (rootId.Length > 0 && text.StartsWith(rootId, StringComparison.Ordinal))
        {
            text = text.Length == rootId.Length ? "#" : text[rootId.Length..];
        }

        if (!text.StartsWith('#'))
        {
            throw new SchemaException(place, "a reference to another document is not followed.");
        }

        var fragment = Uri.UnescapeDataString(text[1..]);
        if (fragment.Length == 0)
        {
            return Compile(root, "");
        }

        if (anchors.TryGetValue(fragment, out var anchored))
        {
            return Compile(anchored.Schema, anchored.Place);
        }

        return
            JsonPointer.TryParse(fragment, out var pointer) && pointer.Find(root, out var target) == PointerResult.Found
            ? Compile(target, fragment)
            : throw new SchemaException(place, "a reference leads nowhere.");
    }

    public static string ReadText(JsonElement value, string place) =>
        value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new SchemaException(place, "a text was expected.");

    private SchemaNode Compile(JsonElement schema, string place)
    {
        if (nodes.TryGetValue(place, out var known))
        {
            return known;
        }

        if (nodes.Count == MaxSchemas || depth == MaxDepth)
        {
            throw new SchemaException(place, "the schema is too large or too deep.");
        }

        var node = nodes[place] = new SchemaNode();
        depth++;
        switch (schema.ValueKind)
        {
            case JsonValueKind.True:
                break;
            case JsonValueKind.False:
                node.Add("false", static (_, _, _) => false);
                break;
            case JsonValueKind.Object:
                CheckIdentity(schema, place);
                new SchemaKeywords(this, schema, place).AddTo(node);
                break;
            default:
                throw new SchemaException(place, "a schema is an object, true or false.");
        }

        depth--;
        return node;
    }

    // A subschema with another base or dialect would need rules of its own, so it is refused.
    private void CheckIdentity(JsonElement schema, string place)
    {
        if (place.Length == 0)
        {
            return;
        }

        if (schema.TryGetProperty("$schema", out var dialect) && ReadDialect(dialect) != Dialect)
        {
            throw new SchemaException(place, "a schema of another version inside this one is not supported.");
        }

        if (
            schema.TryGetProperty("$id", out var id)
            && id.ValueKind == JsonValueKind.String
            && !(Dialect == SchemaDialect.Draft7 && id.GetString()!.StartsWith('#'))
        )
        {
            throw new SchemaException(place, "a $id inside a schema is not supported.");
        }
    }

    private void FindAnchors(JsonElement element, string place)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in element.EnumerateArray())
            {
                FindAnchors(item, Join(place, $"{index++}"));
            }
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (
                member.Value.ValueKind == JsonValueKind.String
                && FindAnchor(member.Name, member.Value.GetString()!) is { Length: > 0 } anchor
                && !anchors.TryAdd(anchor, (element, place))
                && anchors[anchor].Place != place
            )
            {
                throw new SchemaException(place, "an anchor is there twice.");
            }

            FindAnchors(member.Value, Join(place, member.Name));
        }
    }

    private string FindAnchor(string keyword, string value) =>
        keyword switch
        {
            "$anchor" or "$dynamicAnchor" when Dialect != SchemaDialect.Draft7 => value,
            "$id" when Dialect == SchemaDialect.Draft7 && value.StartsWith('#') => value[1..],
            _ => "",
        };

    private static SchemaDialect ReadDialect(JsonElement dialect)
    {
        var uri = ReadText(dialect, "$schema").TrimEnd('#');
        foreach (var (known, version) in Dialects)
        {
            if (uri.EndsWith(known, StringComparison.Ordinal) && uri.Length - known.Length is 4 or 5)
            {
                return version;
            }
        }

        throw new SchemaException("$schema", "this version of JSON Schema is not supported.");
    }

    private static string Join(string place, string step) => $"{place}/{JsonPointer.Escape(step)}";
}
