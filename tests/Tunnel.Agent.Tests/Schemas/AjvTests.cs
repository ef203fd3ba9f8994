using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Tests.Schemas;

/// <summary>Random schemas and values: the answer is that of Ajv, the validator of the MCP SDK for JavaScript.</summary>
public sealed class AjvTests
{
    private const int Schemas = 600;
    private const int ValuesOfEach = 8;

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
                    Schema: RandomSchemas.Create(random, dialect, isRoot: true),
                    Values: Enumerable
                        .Range(0, ValuesOfEach)
                        .Select(_ => RandomSchemas.CreateValue(random, 3))
                        .ToArray()
                )
            )
            .ToList();
        var (accepted, refused) = (0, 0);

        var answers = await Ajv.AskAsync(
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
}
