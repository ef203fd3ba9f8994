using System.Text.Json.Nodes;

namespace Culvert.Tunnel.Agent.Tests.Schemas;

/// <summary>Random schemas, and values that they accept about as often as they refuse them.</summary>
internal static class RandomSchemas
{
    private static readonly string[] Names = ["a", "b", "ab", "x-1"];
    private static readonly string[] Types = ["null", "boolean", "object", "array", "number", "string", "integer"];

    public static JsonNode Create(Random random, int dialect, bool isRoot = false, int depth = 3)
    {
        if (!isRoot && (depth == 0 || random.Next(12) == 0))
        {
            return JsonValue.Create(random.Next(3) > 0);
        }

        var schema = new JsonObject();
        if (isRoot)
        {
            var definitions = dialect == 7 ? "definitions" : "$defs";
            schema["$schema"] =
                dialect == 7
                    ? "http://json-schema.org/draft-07/schema#"
                    : "https://json-schema.org/draft/2020-12/schema";
            schema[definitions] = new JsonObject { ["d"] = Create(random, dialect, depth: 1) };
        }

        for (var keywords = random.Next(1, 4); keywords > 0; keywords--)
        {
            AddKeyword(schema, random, dialect, depth - 1);
        }

        if (dialect == 7 && schema.ContainsKey("$ref"))
        {
            foreach (var (name, _) in schema.Where(m => m.Key is not ("$schema" or "$ref" or "definitions")).ToList())
            {
                schema.Remove(name); // they count for nothing there; Ajv deviates from the standard
            }
        }

        return schema;
    }

    public static void AddKeyword(JsonObject schema, Random random, int dialect, int depth)
    {
        switch (random.Next(dialect == 7 ? 22 : 28))
        {
            case 21 when depth == 0: // the definition itself, which would never end
                break;
            case 0 or 1:
                schema["type"] = Types[random.Next(Types.Length)];
                break;
            case 2:
                schema["type"] = new JsonArray([
                    .. Types.OrderBy(_ => random.Next()).Take(3).Select(t => JsonValue.Create(t)),
                ]);
                break;
            case 3:
                JsonNode?[] values = [CreateValue(random, 1), JsonValue.Create(random.Next(3)), JsonValue.Create("s")];
                schema["enum"] = new JsonArray([.. values.DistinctBy(v => v?.ToJsonString())]); // Ajv asks for that
                break;
            case 4:
                schema["const"] = CreateValue(random, 1);
                break;
            case 5:
                schema[random.Next(2) == 0 ? "minimum" : "exclusiveMinimum"] = random.Next(-2, 4);
                break;
            case 6:
                schema[random.Next(2) == 0 ? "maximum" : "exclusiveMaximum"] = random.Next(-2, 4);
                break;
            case 7:
                schema["multipleOf"] = random.Next(1, 4);
                break;
            case 8:
                schema[random.Next(2) == 0 ? "minLength" : "maxLength"] = random.Next(3);
                break;
            case 9:
                schema["pattern"] = ((string[])["^a", "b$", "^[a-z]*$", "^\\w+$", "\\d", "^(ab?)+$"])[random.Next(6)];
                break;
            case 10:
                schema["required"] = new JsonArray(JsonValue.Create(Names[random.Next(Names.Length)]));
                break;
            case 11 or 12:
                schema["properties"] = CreateMap(random, dialect, depth);
                break;
            case 13:
                schema["additionalProperties"] = Create(random, dialect, depth: depth);
                break;
            case 14:
                schema["patternProperties"] = new JsonObject { ["^a"] = Create(random, dialect, depth: depth) };
                break;
            case 15:
                schema["propertyNames"] = Create(random, dialect, depth: depth);
                break;
            case 16:
                schema["items"] = Create(random, dialect, depth: depth);
                break;
            case 17:
                schema["contains"] = Create(random, dialect, depth: depth);
                break;
            case 18:
                schema[((string[])["minItems", "maxItems", "minProperties", "maxProperties"])[random.Next(4)]] =
                    random.Next(3);
                schema["uniqueItems"] = random.Next(2) == 0;
                break;
            case 19:
                schema[((string[])["allOf", "anyOf", "oneOf"])[random.Next(3)]] = new JsonArray(
                    Create(random, dialect, depth: depth),
                    Create(random, dialect, depth: depth)
                );
                break;
            case 20:
                schema["not"] = Create(random, dialect, depth: depth);
                break;
            case 21 when dialect == 7:
                schema["$ref"] = "#/definitions/d";
                break;
            case 21:
                schema["$ref"] = "#/$defs/d";
                break;
            case 22:
                schema["prefixItems"] = new JsonArray(Create(random, dialect, depth: depth));
                break;
            case 23:
                schema["unevaluatedProperties"] = Create(random, dialect, depth: depth);
                break;
            case 24:
                schema["unevaluatedItems"] = Create(random, dialect, depth: depth);
                break;
            case 25:
                schema["dependentRequired"] = new JsonObject { ["a"] = new JsonArray("b") };
                schema["dependentSchemas"] = CreateMap(random, dialect, depth);
                break;
            case 26:
                schema["contains"] = Create(random, dialect, depth: depth);
                schema["minContains"] = random.Next(2);
                schema["maxContains"] = random.Next(1, 3);
                break;
            default:
                schema["if"] = Create(random, dialect, depth: depth);
                schema["then"] = Create(random, dialect, depth: depth);
                schema["else"] = Create(random, dialect, depth: depth);
                break;
        }
    }

    private static JsonObject CreateMap(Random random, int dialect, int depth) =>
        new(
            Names
                .OrderBy(_ => random.Next())
                .Take(2)
                .Select(name => KeyValuePair.Create(name, (JsonNode?)Create(random, dialect, depth: depth)))
        );

    public static JsonNode? CreateValue(Random random, int depth) =>
        random.Next(depth == 0 ? 6 : 10) switch
        {
            0 => null,
            1 => JsonValue.Create(random.Next(2) == 0),
            2 => JsonValue.Create(random.Next(-3, 5)),
            3 => JsonValue.Create(random.Next(-3, 5) / 2.0),
            4 or 5 => JsonValue.Create(((string[])["", "a", "ab", "b1", "s", "é", "😀a"])[random.Next(7)]),
            6 or 7 => new JsonArray([
                .. Enumerable.Range(0, random.Next(4)).Select(_ => CreateValue(random, depth - 1)),
            ]),
            _ => new JsonObject(
                Names
                    .OrderBy(_ => random.Next())
                    .Take(random.Next(4))
                    .Select(name => KeyValuePair.Create(name, CreateValue(random, depth - 1)))
            ),
        };
}
