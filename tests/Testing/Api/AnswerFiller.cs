using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Testing.Api;

/// <summary>Adds what an answer must have and a test did not write.</summary>
internal sealed class AnswerFiller(SchemaCheck check)
{
    private const string SomeTime = "2026-01-01T00:00:00Z";

    /// <param name="schema">Of the value.</param>
    /// <param name="value">Gets the missing members.</param>
    /// <param name="example">Of such a value; it gives the texts.</param>
    public void Fill(JsonNode? schema, JsonNode? value, JsonNode? example)
    {
        if (check.Resolve(schema) is not JsonObject rules || value is null)
        {
            return;
        }

        if ((rules["anyOf"] ?? rules["oneOf"]) is JsonArray alternatives)
        {
            Fill(Choose(alternatives, value), value, example);
        }
        else if (value is JsonArray list)
        {
            var first = example is JsonArray { Count: > 0 } examples ? examples[0] : null;
            foreach (var item in list)
            {
                Fill(rules["items"], item, first);
            }
        }
        else if (value is JsonObject members)
        {
            FillMembers(rules, members, example as JsonObject);
        }
    }

    private void FillMembers(JsonObject rules, JsonObject members, JsonObject? example)
    {
        foreach (var (name, member) in members.ToList())
        {
            Fill(rules["properties"]?[name], member, example?[name]);
        }

        foreach (var name in (rules["required"] as JsonArray ?? []).Select(one => one!.GetValue<string>()))
        {
            if (!members.ContainsKey(name))
            {
                members[name] = Make(rules["properties"]?[name], example?[name]);
            }
        }
    }

    // The one that lacks members alone.
    private JsonNode? Choose(JsonArray alternatives, JsonNode value) =>
        alternatives
            .Where(one => !SchemaCheck.IsNull(one))
            .MinBy(one => check.Find(one, value).Count(finding => !IsOfAMissingMember(finding)));

    private static bool IsOfAMissingMember(string finding) => finding.EndsWith("is missing", StringComparison.Ordinal);

    private JsonNode? Make(JsonNode? schema, JsonNode? example)
    {
        if (check.Resolve(schema) is not JsonObject rules)
        {
            return null;
        }

        if (rules["enum"] is JsonArray { Count: > 0 } values)
        {
            return values[0]?.DeepClone();
        }

        if (rules["type"] is not { } type)
        {
            return null; // Anything, or one of several, of which null is one.
        }

        var types = SchemaCheck.GetTypes(type);
        if (types.Contains("null"))
        {
            return null;
        }

        switch (types[0])
        {
            case "array":
                return new JsonArray();
            case "boolean":
                return JsonValue.Create(false);
            case "integer" or "number":
                return JsonValue.Create(0);
            case "object":
                var made = new JsonObject();
                FillMembers(rules, made, example as JsonObject);
                return made;
            default:
                return example?.GetValueKind() == JsonValueKind.String ? example.DeepClone()
                    : $"{rules["format"]}" == "date-time" ? JsonValue.Create(SomeTime)
                    : JsonValue.Create("");
        }
    }
}
