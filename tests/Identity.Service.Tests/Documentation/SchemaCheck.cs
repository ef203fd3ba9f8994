using System.Text.Json.Nodes;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>
/// Holds a value against a schema of the description (JSON Schema 2020-12). Only the keywords that the description uses
/// are known; another one is a finding, so that nothing goes unchecked.
/// </summary>
internal sealed class SchemaCheck(JsonNode document)
{
    private static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "title",
        "description",
        "default",
        "examples",
        "example",
        "format",
        "deprecated",
    };

    /// <summary>Where it does not fit, and how; empty = it fits.</summary>
    public IReadOnlyList<string> Find(JsonNode? schema, JsonNode? value)
    {
        List<string> findings = [];
        Check(schema, value, "$", findings);
        return findings;
    }

    private void Check(JsonNode? node, JsonNode? value, string place, List<string> findings)
    {
        if (node is null)
        {
            findings.Add($"{place}: there is no schema");
            return;
        }

        foreach (var (keyword, rule) in node.AsObject())
        {
            switch (keyword)
            {
                case "$ref":
                    Check(Resolve(rule!.GetValue<string>()), value, place, findings);
                    break;
                case "type":
                    CheckType(rule!, value, place, findings);
                    break;
                case "properties" when value is JsonObject members:
                    foreach (var (name, member) in members.Where(member => rule!.AsObject().ContainsKey(member.Key)))
                    {
                        Check(rule![name], member, $"{place}.{name}", findings);
                    }

                    break;
                case "required" when value is JsonObject members:
                    findings.AddRange(
                        rule!
                            .AsArray()
                            .Select(name => name!.GetValue<string>())
                            .Where(name => !members.ContainsKey(name))
                            .Select(name => $"{place}.{name}: is missing")
                    );
                    break;
                case "additionalProperties" when value is JsonObject members:
                    CheckOthers(node, rule!, members, place, findings);
                    break;
                case "items" when value is JsonArray list:
                    for (var i = 0; i < list.Count; i++)
                    {
                        Check(rule, list[i], $"{place}[{i}]", findings);
                    }

                    break;
                case "enum":
                    if (!rule!.AsArray().Any(one => JsonNode.DeepEquals(one, value)))
                    {
                        findings.Add($"{place}: {value?.ToJsonString() ?? "null"} is none of {rule.ToJsonString()}");
                    }

                    break;
                case "anyOf" or "oneOf":
                    if (!rule!.AsArray().Any(one => Find(one, value).Count == 0))
                    {
                        findings.Add($"{place}: fits none of {keyword}");
                    }

                    break;
                case "properties" or "required" or "additionalProperties" or "items":
                    break;
                default:
                    if (!Annotations.Contains(keyword))
                    {
                        findings.Add($"{place}: {keyword} is not known");
                    }

                    break;
            }
        }
    }

    private void CheckOthers(JsonNode schema, JsonNode rule, JsonObject members, string place, List<string> findings)
    {
        foreach (var (name, member) in members.Where(m => schema["properties"]?.AsObject().ContainsKey(m.Key) != true))
        {
            if (rule is JsonObject)
            {
                Check(rule, member, $"{place}.{name}", findings);
            }
            else if (!rule.GetValue<bool>())
            {
                findings.Add($"{place}.{name}: is not described");
            }
        }
    }

    private static void CheckType(JsonNode rule, JsonNode? value, string place, List<string> findings)
    {
        var kind = value?.GetValueKind() switch
        {
            null or System.Text.Json.JsonValueKind.Null => "null",
            System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => "boolean",
            System.Text.Json.JsonValueKind.Number => value.ToJsonString().Any(c => c is '.' or 'e' or 'E')
                ? "number"
                : "integer",
            System.Text.Json.JsonValueKind.String => "string",
            System.Text.Json.JsonValueKind.Array => "array",
            _ => "object",
        };
        var allowed = rule is JsonArray list
            ? list.Select(one => one!.GetValue<string>()).ToList()
            : [rule.GetValue<string>()];
        if (!allowed.Contains(kind) && !(kind == "integer" && allowed.Contains("number")))
        {
            findings.Add($"{place}: {kind} instead of {string.Join(" or ", allowed)}");
        }
    }

    private JsonNode? Resolve(string reference) =>
        reference[2..]
            .Split('/')
            .Aggregate(
                (JsonNode?)document,
                (node, step) =>
                    node switch
                    {
                        JsonArray list => list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)],
                        _ => node?[step.Replace("~1", "/").Replace("~0", "~")],
                    }
            );
}
