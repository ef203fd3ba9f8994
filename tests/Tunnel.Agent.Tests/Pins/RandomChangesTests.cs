using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Tests.Schemas;

namespace Culvert.Tunnel.Agent.Tests.Pins;

/// <summary>Random changes: what accepts more is called so, as Ajv judges it, and no other text is overlooked.</summary>
public sealed class RandomChangesTests
{
    private const int Pairs = 500;
    private const int ValuesOfEach = 24;
    private const string Text = "Paste the conversation here.";

    [Theory]
    [InlineData(2020, 3)]
    [InlineData(7, 4)]
    public async Task Compare_WhereAjvAcceptsWhatItRefusedBefore_IsWidened(int dialect, int seed)
    {
        var random = new Random(seed);
        var changes = new RandomChanges(random, dialect);
        var pairs = new List<(JsonObject Before, JsonObject After, JsonNode?[] Values)>();
        while (pairs.Count < Pairs)
        {
            var before = (JsonObject)RandomSchemas.Create(random, dialect, isRoot: true);
            var after = (JsonObject)before.DeepClone();
            changes.Apply(after);
            JsonNode?[] values =
            [
                .. Enumerable.Range(0, ValuesOfEach).Select(_ => RandomSchemas.CreateValue(random, 3)),
            ];
            pairs.Add((before, after, values));
        }

        var answers = await Ajv.AskAsync(
            pairs.SelectMany(p => new[] { Line(dialect, p.Before, p.Values), Line(dialect, p.After, p.Values) })
        );

        var (widened, narrowed) = (0, 0);
        for (var i = 0; i < pairs.Count; i++)
        {
            var (before, after, values) = pairs[i];
            var change = Compare(before, after);
            if (
                JsonNode.Parse(answers[2 * i]) is not JsonArray was
                || JsonNode.Parse(answers[(2 * i) + 1]) is not JsonArray isNow
            )
            {
                continue; // Ajv does not compile what the change made
            }

            narrowed += change == SchemaChange.Narrowed ? 1 : 0;
            for (var j = 0; j < ValuesOfEach; j++)
            {
                if (
                    was[j]?.GetValue<bool>() == false
                    && isNow[j]?.GetValue<bool>() == true
                    && !IsMisjudged(before, after, values[j])
                )
                {
                    widened++;
                    change
                        .HasFlag(SchemaChange.Widened)
                        .ShouldBeTrue(
                            $"{before.ToJsonString()} then {after.ToJsonString()} of {values[j]?.ToJsonString()}"
                        );
                }
            }
        }

        Math.Min(widened, narrowed).ShouldBeGreaterThan(Pairs / 20); // neither is rare
    }

    [Theory]
    [InlineData(2020, 5)]
    [InlineData(7, 6)]
    public void Classify_AnyOtherText_IsADescription(int dialect, int seed)
    {
        var random = new Random(seed);
        var changes = new RandomChanges(random, dialect);
        for (var i = 0; i < Pairs; i++)
        {
            var tool = new JsonObject
            {
                ["name"] = "get",
                ["description"] = "Reads.",
                ["inputSchema"] = CreateDescribed(random, changes, dialect),
                ["outputSchema"] = CreateDescribed(random, changes, dialect),
                ["annotations"] = new JsonObject { ["title"] = "T", ["readOnlyHint"] = true },
                ["_meta"] = new JsonObject { ["note"] = new JsonArray("a", "b") },
            };
            var pinned = Definitions.Read(tool.ToJsonString());
            for (var masks = random.Next(3); masks > 0; masks--)
            {
                changes.Apply((JsonObject)tool["inputSchema"]!);
                changes.Apply((JsonObject)tool["outputSchema"]!);
            }

            tool.Remove("name"); // which is the key
            changes.ApplyToText(tool, Text).ShouldBeTrue();
            tool["name"] = "get";

            var observed = Definitions.Read(tool.ToJsonString());
            DefinitionComparison
                .Classify(pinned, observed)
                .HasFlag(DriftClass.Description)
                .ShouldBeTrue($"{pinned.Json} then {observed.Json}");
        }
    }

    private static JsonObject CreateDescribed(Random random, RandomChanges changes, int dialect)
    {
        var schema = (JsonObject)RandomSchemas.Create(random, dialect, isRoot: true);
        changes.Describe(schema);
        return schema;
    }

    // With another keyword about items, Ajv's contains accepts an empty array.
    private static bool IsMisjudged(JsonObject before, JsonObject after, JsonNode? value) =>
        value?.ToJsonString().Contains("[]") == true
        && (before.ToJsonString() + after.ToJsonString()).Contains("\"contains\"");

    private static string Line(int dialect, JsonObject schema, JsonNode?[] values) =>
        new JsonObject
        {
            ["dialect"] = dialect,
            ["schema"] = schema.DeepClone(),
            ["values"] = new JsonArray([.. values.Select(v => v?.DeepClone())]),
        }.ToJsonString();

    private static SchemaChange Compare(JsonObject before, JsonObject after)
    {
        using var one = JsonDocument.Parse(before.ToJsonString());
        using var other = JsonDocument.Parse(after.ToJsonString());
        return SchemaComparison.Compare(one.RootElement, other.RootElement);
    }
}
