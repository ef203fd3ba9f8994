using System.Text.Json;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>
/// Determines whether a JSON Schema shows a model new text: names, titles, descriptions, constants, patterns, unknown
/// members, also inside added parts. A removal from a list of properties, values or alternatives adds no text; words of the
/// standard, such as types, do not count as text.
/// </summary>
internal static class SchemaText
{
    private static readonly string[] Types = ["null", "boolean", "object", "array", "number", "string", "integer"];

    // Keywords with a number, a boolean, or a text that defines what the schema accepts.
    private static readonly string[] Values =
    [
        "minimum",
        "exclusiveMinimum",
        "minLength",
        "minItems",
        "minProperties",
        "minContains",
        "maximum",
        "exclusiveMaximum",
        "maxLength",
        "maxItems",
        "maxProperties",
        "maxContains",
        "multipleOf",
        "uniqueItems",
        "const",
        "pattern",
        "format",
    ];

    private static readonly string[] Subschemas =
    [
        "items",
        "additionalItems",
        "unevaluatedItems",
        "contains",
        "additionalProperties",
        "unevaluatedProperties",
        "propertyNames",
        "not",
        "if",
        "then",
        "else",
    ];

    private static readonly string[] Maps =
    [
        "properties",
        "patternProperties",
        "dependentSchemas",
        "$defs",
        "definitions",
    ];

    private static readonly string[] Lists = ["allOf", "anyOf", "oneOf", "prefixItems"];

    /// <param name="was">The earlier schema; null: there was none, and so no text.</param>
    /// <param name="isNow">The later schema; null: as above.</param>
    public static bool Differs(JsonElement? was, JsonElement? isNow) => Differs(was, isNow, 0);

    private static bool Differs(JsonElement? was, JsonElement? isNow, int depth)
    {
        if (DefinitionJson.AreSame(was, isNow))
        {
            return false;
        }

        if (depth > SchemaComparison.MaxDepth)
        {
            return true;
        }

        return IsSchema(was) && IsSchema(isNow)
            ? DefinitionJson
                .Pair(was, isNow)
                .Any(k =>
                    !DefinitionJson.AreSame(k.Was, k.IsNow) && KeywordDiffers(k.Name, k.Was, k.IsNow, isNow, depth + 1)
                )
            : HasText(was) || HasText(isNow);
    }

    private static bool KeywordDiffers(
        string keyword,
        JsonElement? was,
        JsonElement? isNow,
        JsonElement? schema,
        int depth
    ) =>
        Values.Contains(keyword) ? HasText(was) || HasText(isNow)
        : keyword == "items" && (DefinitionJson.IsList(was) || DefinitionJson.IsList(isNow))
            ? ListDiffers(was, isNow, depth)
        : Subschemas.Contains(keyword) ? Differs(was, isNow, depth)
        : Maps.Contains(keyword) ? MapDiffers(was, isNow, depth)
        : Lists.Contains(keyword) ? ListDiffers(was, isNow, depth)
        : keyword switch
        {
            "enum" => EntriesDiffer(was, isNow, (_, added) => HasText(added)),
            "required" => RequiredDiffers(was, isNow, DefinitionJson.Find(schema, "properties")),
            "type" => DefinitionJson.ReadEntries(isNow).Any(type => HasText(type) && !IsType(type)),
            _ => true, // annotations and unknown members
        };

    // Names are text, so an added entry needs no comparison.
    private static bool MapDiffers(JsonElement? was, JsonElement? isNow, int depth) =>
        IsSchema(was) && IsSchema(isNow)
            ? DefinitionJson
                .Pair(was, isNow)
                .Any(entry => entry.Was is null || (entry.IsNow is not null && Differs(entry.Was, entry.IsNow, depth)))
            : HasText(was) || HasText(isNow);

    private static bool ListDiffers(JsonElement? was, JsonElement? isNow, int depth) =>
        (was is null || DefinitionJson.IsList(was)) && (isNow is null || DefinitionJson.IsList(isNow))
            ? EntriesDiffer(was, isNow, (before, added) => Differs(before, added, depth))
            : HasText(was) || HasText(isNow);

    // An entry that the earlier list does not have is compared with the entry that it replaces, if any.
    private static bool EntriesDiffer(
        JsonElement? was,
        JsonElement? isNow,
        Func<JsonElement?, JsonElement, bool> isOtherText
    )
    {
        var (before, after) = (DefinitionJson.ReadEntries(was), DefinitionJson.ReadEntries(isNow));
        string[] textsBefore = [.. before.Select(DefinitionJson.Write)];
        string[] textsAfter = [.. after.Select(DefinitionJson.Write)];
        var kept = textsAfter.ToHashSet(StringComparer.Ordinal);
        var places = new Dictionary<string, Queue<int>>(StringComparer.Ordinal);
        for (var i = 0; i < textsBefore.Length; i++)
        {
            (places.TryGetValue(textsBefore[i], out var known) ? known : places[textsBefore[i]] = new()).Enqueue(i);
        }

        var next = 0;
        for (var i = 0; i < textsAfter.Length; i++)
        {
            if (!places.TryGetValue(textsAfter[i], out var earlier))
            {
                var isReplaced = i < textsBefore.Length && !kept.Contains(textsBefore[i]);
                if (isOtherText(isReplaced ? before[i] : null, after[i]))
                {
                    return true;
                }

                continue;
            }

            int place;
            do
            {
                if (!earlier.TryDequeue(out place))
                {
                    return true; // in another order, or repeated
                }
            } while (place < next);

            next = place + 1;
        }

        return false;
    }

    // The names of known properties do not count as new text.
    private static bool RequiredDiffers(JsonElement? was, JsonElement? isNow, JsonElement? properties)
    {
        var known = DefinitionJson.Pair(properties, null).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        return EntriesDiffer(
            was,
            isNow,
            (_, added) => added.ValueKind == JsonValueKind.String ? !known.Contains(added.GetString()!) : HasText(added)
        );
    }

    private static bool IsType(JsonElement type) =>
        type.ValueKind == JsonValueKind.String && Types.Contains(type.GetString(), StringComparer.Ordinal);

    private static bool IsSchema(JsonElement? value) =>
        value is null or { ValueKind: JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False };

    private static bool HasText(JsonElement? value) =>
        value switch
        {
            { ValueKind: JsonValueKind.String } => true,
            { ValueKind: JsonValueKind.Object } members => members.EnumerateObject().Any(),
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Any(entry => HasText(entry)),
            _ => false,
        };
}
