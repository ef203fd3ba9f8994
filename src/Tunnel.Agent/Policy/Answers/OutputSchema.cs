using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>Finds what an output schema declares at a position of an answer. It does not judge answers.</summary>
internal static class OutputSchema
{
    // More subschemas at one position, or references to themselves, are not followed.
    private const int MaxSubschemas = 256;

    private static readonly string[] Lists = ["allOf", "anyOf", "oneOf"];
    private static readonly string[] Singles = ["if", "then", "else"];
    private static readonly string[] Unfollowed = ["$dynamicRef", "$recursiveRef", "dependentSchemas", "not"];
    private static readonly string[] Structure = ["properties", "additionalProperties", "items", "$ref"];
    private static readonly string[] Outer = ["object", "array"];

    /// <summary>The schemas of the values at a path, none if the schema declares no such value; null: unknown.</summary>
    /// <param name="steps">The names from the root; null for every element or member.</param>
    public static IReadOnlyList<JsonElement>? Find(JsonElement root, IEnumerable<string?> steps)
    {
        List<JsonElement>? found = Expand(root, [root]);
        foreach (var step in steps)
        {
            if (found is null || found.Any(schema => IsOpen(schema)))
            {
                return null;
            }

            found = Expand(root, [.. found.SelectMany(schema => FindBelow(schema, step))]);
        }

        return found;
    }

    public static bool IsNumber(JsonElement schema) => FindTypes(schema).Overlaps(["number", "integer"]);

    // The schemas and all that apply to the same value; null if some of them are unknown.
    private static List<JsonElement>? Expand(JsonElement root, List<JsonElement> schemas)
    {
        for (var i = 0; i < schemas.Count; i++)
        {
            var schema = schemas[i];
            if (schemas.Count > MaxSubschemas)
            {
                return null;
            }

            if (schema.ValueKind != JsonValueKind.Object)
            {
                continue;
            }

            if (Has(schema, Unfollowed))
            {
                return null;
            }

            if (schema.TryGetProperty("$ref", out var reference))
            {
                if (FindReferred(root, reference) is not { } referred)
                {
                    return null;
                }

                schemas.Add(referred);
            }

            schemas.AddRange(
                Lists.SelectMany(keyword =>
                    schema.TryGetProperty(keyword, out var list) && list.ValueKind == JsonValueKind.Array
                        ? list.EnumerateArray()
                        : Enumerable.Empty<JsonElement>()
                )
            );
            schemas.AddRange(
                Singles.Where(keyword => schema.TryGetProperty(keyword, out _)).Select(schema.GetProperty)
            );
        }

        return schemas;
    }

    private static JsonElement? FindReferred(JsonElement root, JsonElement reference) =>
        reference.ValueKind != JsonValueKind.String ? null
        : reference.GetString() is "#" ? root
        : reference.GetString() is ['#', .. var text]
        && JsonPointer.TryParse(text, out var pointer)
        && pointer.Find(root, out var found) == PointerResult.Found
            ? found
        : null;

    // Whether values may be below it that the schema does not describe.
    private static bool IsOpen(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return schema.ValueKind == JsonValueKind.True;
        }

        if (
            Has(schema, ["prefixItems", "patternProperties"])
            || (schema.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array)
            || (schema.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.True)
        )
        {
            return true;
        }

        var types = FindTypes(schema);
        var mayHaveMore = types.Count > 0 ? types.Overlaps(Outer) : !Has(schema, ["enum", "const"]);
        return mayHaveMore && !Has(schema, [.. Structure, .. Lists, .. Singles]);
    }

    private static bool Has(JsonElement schema, IEnumerable<string> keywords) =>
        keywords.Any(keyword => schema.TryGetProperty(keyword, out _));

    private static HashSet<string> FindTypes(JsonElement schema) =>
        schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("type", out var type) ? []
        : type.ValueKind == JsonValueKind.String ? [type.GetString()!]
        : type.ValueKind == JsonValueKind.Array
            ? [.. type.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)]
        : [];

    private static IEnumerable<JsonElement> FindBelow(JsonElement schema, string? step)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        var properties =
            schema.TryGetProperty("properties", out var p) && p.ValueKind == JsonValueKind.Object ? p : default;
        if (
            step is not null
            && properties.ValueKind == JsonValueKind.Object
            && properties.TryGetProperty(step, out var one)
        )
        {
            yield return one;
            yield break;
        }

        if (step is null && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
            {
                yield return property.Value;
            }
        }

        if (schema.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.Object)
        {
            yield return more;
        }

        if (step is null && schema.TryGetProperty("items", out var items))
        {
            yield return items;
        }
    }
}
