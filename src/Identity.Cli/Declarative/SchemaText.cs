using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Declarative;

internal static class SchemaText
{
    private static readonly JsonSerializerOptions Indented = new(Api.WireJson.Plain) { WriteIndented = true };

    public static string Text => Create().ToJsonString(Indented) + "\n";

    public static JsonObject Create() =>
        new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "A resource of culvert apply",
            ["oneOf"] = new JsonArray([.. ResourceKind.All.Select(kind => (JsonNode)Create(kind))]),
        };

    private static JsonObject Create(ResourceKind kind)
    {
        var properties = new JsonObject();
        foreach (var field in kind.Fields)
        {
            properties[field.Name] = Create(field);
        }

        var spec = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = properties,
        };
        var required = kind.Fields.Where(field => field.IsRequired).Select(field => (JsonNode)field.Name).ToArray();
        var members = new JsonArray("kind", "name");
        if (required.Length > 0)
        {
            spec["required"] = new JsonArray(required);
            members.Add((JsonNode)"spec");
        }

        return new JsonObject
        {
            ["type"] = "object",
            ["title"] = kind.Word,
            ["additionalProperties"] = false,
            ["required"] = members,
            ["properties"] = new JsonObject
            {
                ["kind"] = new JsonObject { ["const"] = kind.Word },
                ["name"] = new JsonObject
                {
                    ["type"] = "string",
                    ["minLength"] = 1,
                    ["maxLength"] = 255,
                },
                ["spec"] = spec,
            },
        };
    }

    private static JsonObject Create(ResourceField field)
    {
        var schema = new JsonObject { ["description"] = field.Description };
        var (type, item) = field.Type switch
        {
            FieldType.Text => ("string", null),
            FieldType.Number => ("integer", null),
            FieldType.Boolean => ("boolean", null),
            FieldType.TextSet => ("array", "string"),
            FieldType.TextMap or FieldType.Object => ("object", null),
            _ => ("array", "object"),
        };
        schema["type"] = field.IsRequired ? type : new JsonArray(type, "null");
        if (field.Type == FieldType.TextMap)
        {
            schema["additionalProperties"] = new JsonObject { ["type"] = "string" };
        }

        if (item is not null)
        {
            schema["items"] = new JsonObject { ["type"] = item };
        }

        if (field.Words.Count > 0)
        {
            var words = new JsonArray([.. field.Words.Select(word => (JsonNode)word)]);
            if (!field.IsRequired)
            {
                words.Add((JsonNode?)null);
            }

            schema["enum"] = words;
        }

        return schema;
    }
}
