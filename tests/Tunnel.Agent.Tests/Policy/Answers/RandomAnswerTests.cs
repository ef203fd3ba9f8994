using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Culvert.Tunnel.Agent.Tests.Policy.Answers;

/// <summary>
/// Random documents under random rules, against a second reader that works on a tree: exactly the values that it lets
/// cross are in the client's bytes. Each value is a text that is nowhere else.
/// </summary>
public sealed class RandomAnswerTests
{
    private static readonly string[] Names = ["a", "b", "c", "id", "*x"];

    [Fact]
    public void HundredThousandDocuments_LetNothingElseCross()
    {
        var random = new Random(42);
        for (var round = 0; round < 500; round++)
        {
            var rules = Enumerable.Range(0, random.Next(1, 4)).Select(_ => NewRule(random)).ToList();
            var settings = PolicyFile.Settings(
                string.Join(
                    ", ",
                    rules.Select((rule, i) => $"{{name: r{i}, effect: allow, tools: [get], answer: {rule}}}")
                )
            );
            for (var i = 0; i < 200; i++)
            {
                Check(rules, settings, random);
            }
        }
    }

    private static void Check(List<Rule> rules, Agent.Policy.PolicySettings settings, Random random)
    {
        var next = 0;
        var root = NewObject(random, 0, ref next);
        var body = Judged.Answer(root.ToJsonString(), ""","content":[{"type":"text","text":"v0v"}]""");

        var judged = Judged.Read(settings, Encoding.UTF8.GetBytes(body), piece: random.Next(1, 200));

        judged.Failure.ShouldBeNull(body);
        var expected = new HashSet<string>();
        Collect(root, [], rules, new HashSet<JsonNode>(rules.SelectMany(r => Removed(r, root))), expected);
        for (var value = 0; value < next; value++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"v{value}v");
            var crosses = judged.Output.Contains(text, StringComparison.Ordinal);
            crosses.ShouldBe(expected.Contains(text), $"{text} of {body} under {string.Join(" and ", rules)}");
        }
    }

    private static JsonObject NewObject(Random random, int depth, ref int next)
    {
        var value = new JsonObject();
        foreach (var name in Names.Where(_ => random.Next(3) > 0))
        {
            value[name] = NewValue(random, depth + 1, ref next);
        }

        return value;
    }

    private static JsonNode NewValue(Random random, int depth, ref int next)
    {
        switch (random.Next(depth < 4 ? 4 : 1))
        {
            case 1:
                return NewObject(random, depth, ref next);
            case 2 or 3:
                var array = new JsonArray();
                for (var i = random.Next(4); i > 0; i--)
                {
                    array.Add(NewValue(random, depth + 1, ref next));
                }

                return array;
            default:
                return random.Next(4) == 0
                    ? JsonValue.Create("own")
                    : JsonValue.Create(string.Create(CultureInfo.InvariantCulture, $"v{next++}v"));
        }
    }

    private static Rule NewRule(Random random)
    {
        var fields =
            random.Next(4) == 0 ? null : Enumerable.Range(0, random.Next(1, 4)).Select(_ => NewPath(random)).ToList();
        var rows = random.Next(2) == 0 ? null : NewPath(random);
        return rows is null && fields is null
            ? new Rule(
                [
                    ["a"],
                ],
                null,
                "id"
            )
            : new Rule(fields, rows, Names[random.Next(3)]);
    }

    private static string[] NewPath(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(3) == 0 ? "*" : Names[random.Next(4)])];

    // The records that do not cross, and what is in the place of records and is none.
    private static IEnumerable<JsonNode> Removed(Rule rule, JsonNode root)
    {
        foreach (var place in rule.Rows is null ? [] : At(root, rule.Rows))
        {
            if (place is not JsonArray records)
            {
                yield return place;
                continue;
            }

            foreach (var record in records)
            {
                var isOwn =
                    record is JsonObject members
                    && members[rule.Compared] is JsonValue value
                    && value.GetValue<string>() == "own";
                if (!isOwn)
                {
                    yield return record!;
                }
            }
        }
    }

    private static IEnumerable<JsonNode> At(JsonNode node, IReadOnlyList<string> steps) =>
        steps.Count == 0
            ? [node]
            : Children(node)
                .Where(c => steps[0] == "*" || c.Name == steps[0])
                .SelectMany(c => At(c.Node, [.. steps.Skip(1)]));

    private static IEnumerable<(string? Name, JsonNode Node)> Children(JsonNode node) =>
        node switch
        {
            JsonObject members => members.Select(m => ((string?)m.Key, m.Value!)),
            JsonArray elements => elements.Select(e => ((string?)null, e!)),
            _ => [],
        };

    private static void Collect(
        JsonNode node,
        string?[] path,
        List<Rule> rules,
        HashSet<JsonNode> removed,
        HashSet<string> crossing
    )
    {
        if (removed.Contains(node))
        {
            return;
        }

        if (node is JsonValue value && rules.All(rule => rule.Allows(path)))
        {
            crossing.Add(value.GetValue<string>());
        }

        foreach (var (name, child) in Children(node))
        {
            Collect(child, [.. path, name], rules, removed, crossing);
        }
    }

    private sealed record Rule(IReadOnlyList<string[]>? Fields, string[]? Rows, string Compared)
    {
        public bool Allows(string?[] path) =>
            Fields is null
            || Fields.Any(field =>
                field.Length <= path.Length
                && field.Zip(path).All(step => step.First == "*" || step.First == step.Second)
            );

        public override string ToString()
        {
            var fields = Fields is null
                ? ""
                : $"fields: [{string.Join(", ", Fields.Select(f => "/" + string.Join('/', f)))}]";
            var rows = Rows is null
                ? ""
                : $"rows: [{{at: /{string.Join('/', Rows)}, where: {{at: /{Compared}, const: own}}}}]";
            return $"{{{fields}{(fields.Length * rows.Length > 0 ? ", " : "")}{rows}}}";
        }
    }
}
