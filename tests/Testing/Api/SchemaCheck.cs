using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Testing.Api;

/// <summary>
/// Holds a value against a schema of the description (JSON Schema 2020-12). Only the keywords that the description uses
/// are known; another one is a finding, so that nothing goes unchecked.
/// </summary>
/// <param name="document">In which references lead somewhere.</param>
/// <param name="isClosed">
/// Whether an object may have no member but those of its schema, also where the schema does not say so. A name that is not
/// ASCII is that of a member of a newer version.
/// </param>
public sealed class SchemaCheck(JsonNode document, bool isClosed = false)
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

    // How the description says that the objects of a list do not have a member.
    private static readonly string[] OfSingleObjects = ["only when a single ", "Only in the answer that creates it"];

    /// <summary>Where it does not fit (a JSON pointer), and how; empty = it fits.</summary>
    public IReadOnlyList<string> Find(JsonNode? schema, JsonNode? value) => Find(schema, value, "#", isListed: false);

    /// <summary>A schema itself: references lead to theirs.</summary>
    internal JsonNode? Resolve(JsonNode? schema)
    {
        while (schema is JsonObject rules && rules["$ref"] is { } reference)
        {
            schema = Follow(reference.GetValue<string>());
        }

        return schema;
    }

    internal static string Join(string place, string name) =>
        $"{place}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    private List<string> Find(JsonNode? schema, JsonNode? value, string place, bool isListed)
    {
        List<string> findings = [];
        Check(schema, value, place, isListed, findings);
        return findings;
    }

    private void Check(JsonNode? node, JsonNode? value, string place, bool isListed, List<string> findings)
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
                    Check(Follow(rule!.GetValue<string>()), value, place, isListed, findings);
                    break;
                case "type":
                    CheckType(rule!, value, place, findings);
                    break;
                case "properties" when value is JsonObject members:
                    CheckMembers(rule!.AsObject(), members, place, isListed, findings);
                    if (isClosed && rule.AsObject().Count > 0 && node["additionalProperties"] is null)
                    {
                        findings.AddRange(
                            members
                                .Where(member => Ascii.IsValid(member.Key) && !rule.AsObject().ContainsKey(member.Key))
                                .Select(member => $"{Join(place, member.Key)}: is not described")
                        );
                    }

                    break;
                case "required" when value is JsonObject members:
                    findings.AddRange(
                        rule!
                            .AsArray()
                            .Select(name => name!.GetValue<string>())
                            .Where(name => !members.ContainsKey(name))
                            .Select(name => $"{Join(place, name)}: is missing")
                    );
                    break;
                case "additionalProperties" when value is JsonObject members:
                    CheckOthers(node, rule!, members, place, findings);
                    break;
                case "items" when value is JsonArray list:
                    for (var i = 0; i < list.Count; i++)
                    {
                        Check(rule, list[i], $"{place}/{i}", isListed: true, findings);
                    }

                    break;
                case "enum":
                    if (!rule!.AsArray().Any(one => JsonNode.DeepEquals(one, value)))
                    {
                        findings.Add($"{place}: {value?.ToJsonString() ?? "null"} is none of {rule.ToJsonString()}");
                    }

                    break;
                case "anyOf" or "oneOf":
                    CheckChoice(keyword, rule!.AsArray(), value, place, isListed, findings);
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

    private void CheckMembers(JsonObject known, JsonObject members, string place, bool isListed, List<string> findings)
    {
        foreach (var (name, member) in members.Where(member => known.ContainsKey(member.Key)))
        {
            var schema = known[name];
            if (isClosed && isListed && IsOfSingleObjects(schema))
            {
                findings.Add($"{Join(place, name)}: the objects of a list do not have this member");
            }

            Check(schema, member, Join(place, name), isListed: false, findings);
        }
    }

    // Where there is one alternative next to null, its findings say more than that none fits.
    private void CheckChoice(
        string keyword,
        JsonArray alternatives,
        JsonNode? value,
        string place,
        bool isListed,
        List<string> findings
    )
    {
        var found = alternatives.Select(one => (Schema: one, Findings: Find(one, value, place, isListed))).ToList();
        if (found.Any(one => one.Findings.Count == 0))
        {
            return;
        }

        var objects = found.Where(one => !IsNull(one.Schema)).ToList();
        if (value is not null && objects.Count == 1)
        {
            findings.AddRange(objects[0].Findings);
        }
        else
        {
            findings.Add($"{place}: fits none of {keyword}");
        }
    }

    private void CheckOthers(JsonNode schema, JsonNode rule, JsonObject members, string place, List<string> findings)
    {
        foreach (var (name, member) in members.Where(m => schema["properties"]?.AsObject().ContainsKey(m.Key) != true))
        {
            if (rule is JsonObject)
            {
                Check(rule, member, Join(place, name), isListed: false, findings);
            }
            else if (!rule.GetValue<bool>())
            {
                findings.Add($"{Join(place, name)}: is not described");
            }
        }
    }

    internal static bool IsNull(JsonNode? schema) =>
        schema?["type"] is JsonValue type && type.GetValueKind() == JsonValueKind.String && $"{type}" == "null";

    private static bool IsOfSingleObjects(JsonNode? schema) =>
        schema is JsonObject && $"{schema["description"]}" is var text && OfSingleObjects.Any(text.Contains);

    private static void CheckType(JsonNode rule, JsonNode? value, string place, List<string> findings)
    {
        var kind = value?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "null",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Number => value.ToJsonString().Any(c => c is '.' or 'e' or 'E') ? "number" : "integer",
            JsonValueKind.String => "string",
            JsonValueKind.Array => "array",
            _ => "object",
        };
        var allowed = GetTypes(rule);
        if (!allowed.Contains(kind) && !(kind == "integer" && allowed.Contains("number")))
        {
            findings.Add($"{place}: {kind} instead of {string.Join(" or ", allowed)}");
        }
    }

    internal static List<string> GetTypes(JsonNode rule) =>
        rule is JsonArray list ? [.. list.Select(one => one!.GetValue<string>())] : [rule.GetValue<string>()];

    private JsonNode? Follow(string reference) =>
        reference[2..]
            .Split('/')
            .Aggregate(
                (JsonNode?)document,
                (node, step) =>
                    node switch
                    {
                        JsonArray list => list[int.Parse(step, CultureInfo.InvariantCulture)],
                        _ => node?[step.Replace("~1", "/").Replace("~0", "~")],
                    }
            );
}
