using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Schemas;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Schemas;

/// <summary>Random schemas and values: the answer is that of Ajv, the validator of the MCP SDK for JavaScript.</summary>
public sealed class AjvTests
{
    private const int Schemas = 600;
    private const int ValuesOfEach = 8;

    private static readonly string[] Names = ["a", "b", "ab", "x-1"];
    private static readonly string[] Types = ["null", "boolean", "object", "array", "number", "string", "integer"];

    [Theory]
    [InlineData(2020, 1)]
    [InlineData(7, 2)]
    public async Task FindError_OfAnySchemaAndValue_IsAjvs(int dialect, int seed)
    {
        var random = new Random(seed);
        var cases = Enumerable
            .Range(0, Schemas)
            .Select(_ =>
                (
                    Schema: RandomSchema(random, dialect, isRoot: true),
                    Values: Enumerable.Range(0, ValuesOfEach).Select(_ => RandomValue(random, 3)).ToArray()
                )
            )
            .ToList();
        var (accepted, refused) = (0, 0);

        var answers = await AskAsync(
            cases.Select(c =>
                new JsonObject
                {
                    ["dialect"] = dialect,
                    ["schema"] = c.Schema.DeepClone(),
                    ["values"] = new JsonArray([.. c.Values.Select(v => v?.DeepClone())]),
                }.ToJsonString()
            )
        );

        for (var i = 0; i < cases.Count; i++)
        {
            var verdicts =
                JsonNode.Parse(answers[i])?.AsArray()
                ?? throw new InvalidOperationException(cases[i].Schema.ToJsonString());
            using var text = JsonDocument.Parse(cases[i].Schema.ToJsonString());
            var schema = Schema.Compile(text.RootElement);
            for (var j = 0; j < ValuesOfEach; j++)
            {
                var json = cases[i].Values[j]?.ToJsonString() ?? "null";
                if (
                    verdicts[j]?.GetValue<bool>() is not { } verdict
                    || (json.Contains("[]") && cases[i].Schema.ToJsonString().Contains("\"contains\""))
                )
                {
                    continue; // with another keyword about items, Ajv's contains accepts an empty array
                }

                using var value = JsonDocument.Parse(json);
                var error = schema.FindError(value.RootElement);
                (error is null).ShouldBe(verdict, $"{cases[i].Schema.ToJsonString()} of {value.RootElement}: {error}");
                _ = error is null ? accepted++ : refused++;
            }
        }

        Math.Min(accepted, refused).ShouldBeGreaterThan(Schemas * ValuesOfEach / 10); // neither is rare
    }

    private static async Task<string[]> AskAsync(IEnumerable<string> lines)
    {
        var start = new ProcessStartInfo("node", [StdioFixture.Peer("json-schema.mjs")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var token = TestContext.Current.CancellationToken;
        var reading = process.StandardOutput.ReadToEndAsync(token);
        foreach (var line in lines)
        {
            await process.StandardInput.WriteLineAsync(line.AsMemory(), token);
        }

        process.StandardInput.Close();
        var answers = await reading;
        await process.WaitForExitAsync(token);
        return answers.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static JsonNode RandomSchema(Random random, int dialect, bool isRoot = false, int depth = 3)
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
            schema[definitions] = new JsonObject { ["d"] = RandomSchema(random, dialect, depth: 1) };
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

    private static void AddKeyword(JsonObject schema, Random random, int dialect, int depth)
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
                JsonNode?[] values = [RandomValue(random, 1), JsonValue.Create(random.Next(3)), JsonValue.Create("s")];
                schema["enum"] = new JsonArray([.. values.DistinctBy(v => v?.ToJsonString())]); // Ajv asks for that
                break;
            case 4:
                schema["const"] = RandomValue(random, 1);
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
                schema["properties"] = RandomSchemas(random, dialect, depth);
                break;
            case 13:
                schema["additionalProperties"] = RandomSchema(random, dialect, depth: depth);
                break;
            case 14:
                schema["patternProperties"] = new JsonObject { ["^a"] = RandomSchema(random, dialect, depth: depth) };
                break;
            case 15:
                schema["propertyNames"] = RandomSchema(random, dialect, depth: depth);
                break;
            case 16:
                schema["items"] = RandomSchema(random, dialect, depth: depth);
                break;
            case 17:
                schema["contains"] = RandomSchema(random, dialect, depth: depth);
                break;
            case 18:
                schema[((string[])["minItems", "maxItems", "minProperties", "maxProperties"])[random.Next(4)]] =
                    random.Next(3);
                schema["uniqueItems"] = random.Next(2) == 0;
                break;
            case 19:
                schema[((string[])["allOf", "anyOf", "oneOf"])[random.Next(3)]] = new JsonArray(
                    RandomSchema(random, dialect, depth: depth),
                    RandomSchema(random, dialect, depth: depth)
                );
                break;
            case 20:
                schema["not"] = RandomSchema(random, dialect, depth: depth);
                break;
            case 21 when dialect == 7:
                schema["$ref"] = "#/definitions/d";
                break;
            case 21:
                schema["$ref"] = "#/$defs/d";
                break;
            case 22:
                schema["prefixItems"] = new JsonArray(RandomSchema(random, dialect, depth: depth));
                break;
            case 23:
                schema["unevaluatedProperties"] = RandomSchema(random, dialect, depth: depth);
                break;
            case 24:
                schema["unevaluatedItems"] = RandomSchema(random, dialect, depth: depth);
                break;
            case 25:
                schema["dependentRequired"] = new JsonObject { ["a"] = new JsonArray("b") };
                schema["dependentSchemas"] = RandomSchemas(random, dialect, depth);
                break;
            case 26:
                schema["contains"] = RandomSchema(random, dialect, depth: depth);
                schema["minContains"] = random.Next(2);
                schema["maxContains"] = random.Next(1, 3);
                break;
            default:
                schema["if"] = RandomSchema(random, dialect, depth: depth);
                schema["then"] = RandomSchema(random, dialect, depth: depth);
                schema["else"] = RandomSchema(random, dialect, depth: depth);
                break;
        }
    }

    private static JsonObject RandomSchemas(Random random, int dialect, int depth) =>
        new(
            Names
                .OrderBy(_ => random.Next())
                .Take(2)
                .Select(name => KeyValuePair.Create(name, (JsonNode?)RandomSchema(random, dialect, depth: depth)))
        );

    private static JsonNode? RandomValue(Random random, int depth) =>
        random.Next(depth == 0 ? 6 : 10) switch
        {
            0 => null,
            1 => JsonValue.Create(random.Next(2) == 0),
            2 => JsonValue.Create(random.Next(-3, 5)),
            3 => JsonValue.Create(random.Next(-3, 5) / 2.0),
            4 or 5 => JsonValue.Create(((string[])["", "a", "ab", "b1", "s", "é", "😀a"])[random.Next(7)]),
            6 or 7 => new JsonArray([
                .. Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth - 1)),
            ]),
            _ => new JsonObject(
                Names
                    .OrderBy(_ => random.Next())
                    .Take(random.Next(4))
                    .Select(name => KeyValuePair.Create(name, RandomValue(random, depth - 1)))
            ),
        };
}
