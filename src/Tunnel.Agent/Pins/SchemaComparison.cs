using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>
/// Compares two JSON Schemas by their structure. A change without <see cref="SchemaChange.Widened"/> accepts no value
/// that the earlier schema refuses; undecidable changes count as widened. Texts are compared separately
/// (<see cref="SchemaText"/>).
/// </summary>
internal sealed class SchemaComparison
{
    /// <summary>Deeper schemas are not compared, so the change is undecided.</summary>
    internal const int MaxDepth = 64;

    // Keywords and entries that one comparison visits, since a server chooses their number.
    private const int MaxSteps = 200_000;

    private const SchemaChange Undecided = SchemaChange.Widened;
    private const SchemaChange Both = SchemaChange.Widened | SchemaChange.Narrowed;

    private static readonly JsonElement One = JsonElement.Parse("1"u8);

    private static readonly string[] Annotations =
    [
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "$comment",
    ];

    private static readonly string[] Least = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];

    private static readonly string[] Most = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

    // Keywords with one schema; absent is the same as true. If it is narrower, the containing schema is narrower too.
    private static readonly string[] Subschemas =
    [
        "additionalProperties",
        "unevaluatedProperties",
        "items",
        "additionalItems",
        "unevaluatedItems",
        "propertyNames",
    ];

    private int steps;

    private SchemaComparison() { }

    /// <param name="before">The earlier schema; null: there was none, which accepts everything.</param>
    /// <param name="after">The later schema; null: as above.</param>
    public static SchemaChange Compare(JsonElement? before, JsonElement? after)
    {
        if (DefinitionJson.AreSame(before, after))
        {
            return SchemaChange.None;
        }

        var change = new SchemaComparison().Compare(before, after, 0);
        if (IsOneWhole(before, isEarlier: true) || IsOneWhole(after, isEarlier: false))
        {
            change |= Undecided;
        }

        // Two schemas with the same meaning, such as another order of required, differ only in text.
        return SchemaText.Differs(before, after) || change == SchemaChange.None ? change | SchemaChange.Text : change;
    }

    // None: both accept the same values.
    private SchemaChange Compare(JsonElement? before, JsonElement? after, int depth)
    {
        if (DefinitionJson.AreSame(before, after))
        {
            return SchemaChange.None;
        }

        if (depth > MaxDepth || steps > MaxSteps)
        {
            return Undecided;
        }

        var (old, now) = (AcceptsAll(before), AcceptsAll(after));
        if (old || now)
        {
            return old && now ? SchemaChange.None
                : old ? SchemaChange.Narrowed
                : SchemaChange.Widened;
        }

        if (
            before is not { ValueKind: JsonValueKind.Object } one
            || after is not { ValueKind: JsonValueKind.Object } other
        )
        {
            return after?.ValueKind == JsonValueKind.False ? SchemaChange.Narrowed : Undecided;
        }

        var change = SchemaChange.None;
        foreach (var (keyword, was, isNow) in DefinitionJson.Pair(one, other))
        {
            steps++;
            if (!DefinitionJson.AreSame(was, isNow))
            {
                change |= CompareKeyword(keyword, (was, isNow), (one, other), depth + 1);
            }
        }

        return change;
    }

    private SchemaChange CompareKeyword(
        string keyword,
        (JsonElement? Was, JsonElement? IsNow) value,
        (JsonElement Was, JsonElement IsNow) schema,
        int depth
    )
    {
        var (was, isNow) = value;
        return Annotations.Contains(keyword) ? SchemaChange.None
            : Least.Contains(keyword) ? CompareBound(was, isNow, isLeast: true)
            : Most.Contains(keyword) ? CompareBound(was, isNow, isLeast: false)
            : Subschemas.Contains(keyword) ? CompareSubschemas(was, isNow, depth)
            : keyword switch
            {
                "properties" => CompareProperties(was, isNow, schema.IsNow, depth),
                "patternProperties" => ComparePatterns(was, isNow, schema.Was, depth),
                "prefixItems" => ComparePrefixes(was, isNow, schema, depth),
                "contains" or "minContains" or "maxContains" => CompareContains(schema, depth),
                "if" or "then" or "else" => CompareConditions(schema, depth),
                "required" => CompareLists(was, isNow, isConjunction: true, compare: null),
                "type" => CompareTypes(was, isNow),
                "enum" => CompareOptional(was, isNow) ?? CompareLists(was, isNow, isConjunction: false, compare: null),
                "anyOf" => CompareOptional(was, isNow)
                    ?? CompareLists(was, isNow, isConjunction: false, (a, b) => Compare(a, b, depth)),
                "allOf" => CompareLists(was, isNow, isConjunction: true, (a, b) => Compare(a, b, depth)),
                "oneOf" => CompareOptional(was, isNow) ?? CompareAlternatives(was, isNow, depth),
                "not" => CompareOptional(was, isNow) ?? ToUndecided(Compare(was, isNow, depth)),
                "const" or "pattern" or "format" or "multipleOf" => CompareOptional(was, isNow) ?? Both,
                "uniqueItems" => CompareFlags(was, isNow),
                "$defs" or "definitions" => CompareDefinitions(was, isNow, depth),
                _ => Undecided,
            };
    }

    // Compares a condition that only one schema has; null: both have it.
    private static SchemaChange? CompareOptional(JsonElement? was, JsonElement? isNow) =>
        was is null ? SchemaChange.Narrowed
        : isNow is null ? SchemaChange.Widened
        : null;

    // For a schema on which another one depends in an unknown direction.
    private static SchemaChange ToUndecided(SchemaChange change) =>
        change == SchemaChange.None ? SchemaChange.None : Undecided;

    private SchemaChange CompareSubschemas(JsonElement? was, JsonElement? isNow, int depth) =>
        DefinitionJson.IsList(was) ? Undecided // items until 2019-09
        : DefinitionJson.IsList(isNow) ? CompareOptional(was, isNow) ?? Undecided
        : Compare(was, isNow, depth);

    // A new property is one more place for data, even where an open schema accepted it before: the model sends what its
    // definition shows. A removed property counts as an additional one.
    private SchemaChange CompareProperties(JsonElement? was, JsonElement? isNow, JsonElement later, int depth)
    {
        if (was is { ValueKind: not JsonValueKind.Object } || isNow is { ValueKind: not JsonValueKind.Object })
        {
            return Undecided;
        }

        var rest = DefinitionJson.Find(later, "additionalProperties");
        var hasPatterns = DefinitionJson.Find(later, "patternProperties") is not null;
        var change = SchemaChange.None;
        foreach (var (_, one, other) in DefinitionJson.Pair(was, isNow))
        {
            steps++;
            change |=
                one is null ? SchemaChange.Widened
                : other is not null ? Compare(one, other, depth)
                : hasPatterns ? Undecided
                : Compare(one, rest, depth);
        }

        return change;
    }

    // A property that matches a new pattern is no longer an additional one.
    private SchemaChange ComparePatterns(JsonElement? was, JsonElement? isNow, JsonElement earlier, int depth)
    {
        if (was is { ValueKind: not JsonValueKind.Object } || isNow is { ValueKind: not JsonValueKind.Object })
        {
            return Undecided;
        }

        var wasOpen = AcceptsAll(DefinitionJson.Find(earlier, "additionalProperties"));
        var change = SchemaChange.None;
        foreach (var (_, one, other) in DefinitionJson.Pair(was, isNow))
        {
            steps++;
            change |=
                one is null ? (wasOpen ? SchemaChange.Narrowed : Undecided)
                : other is null ? Undecided
                : Compare(one, other, depth);
        }

        return change;
    }

    // After the end of the list, items applies to an element.
    private SchemaChange ComparePrefixes(
        JsonElement? was,
        JsonElement? isNow,
        (JsonElement Was, JsonElement IsNow) schema,
        int depth
    )
    {
        if (was is { ValueKind: not JsonValueKind.Array } || isNow is { ValueKind: not JsonValueKind.Array })
        {
            return Undecided;
        }

        var (before, after) = (DefinitionJson.ReadEntries(was), DefinitionJson.ReadEntries(isNow));
        var (restBefore, restAfter) = Find(schema, "items");
        var change = SchemaChange.None;
        for (var i = 0; i < Math.Max(before.Count, after.Count); i++)
        {
            steps++;
            change |= Compare(i < before.Count ? before[i] : restBefore, i < after.Count ? after[i] : restAfter, depth);
        }

        return change;
    }

    // minContains defaults to 1, and has no effect without contains (Validation 2020-12 §6.4.5).
    private SchemaChange CompareContains((JsonElement Was, JsonElement IsNow) schema, int depth)
    {
        var (was, isNow) = Find(schema, "contains");
        if (was is null && isNow is null)
        {
            return SchemaChange.None;
        }

        var (least, most) = (Find(schema, "minContains"), Find(schema, "maxContains"));
        return CompareOptional(was, isNow)
            ?? (
                ToUndecided(Compare(was, isNow, depth))
                | CompareBound(least.Was ?? One, least.IsNow ?? One, isLeast: true)
                | CompareBound(most.Was, most.IsNow, isLeast: false)
            );
    }

    // then and else have no effect without if (Core 2020-12 §10.2.2).
    private SchemaChange CompareConditions((JsonElement Was, JsonElement IsNow) schema, int depth)
    {
        var (was, isNow) = Find(schema, "if");
        if (was is null && isNow is null)
        {
            return SchemaChange.None;
        }

        var (then, otherwise) = (Find(schema, "then"), Find(schema, "else"));
        return CompareOptional(was, isNow)
            ?? (
                ToUndecided(Compare(was, isNow, depth))
                | Compare(then.Was, then.IsNow, depth)
                | Compare(otherwise.Was, otherwise.IsNow, depth)
            );
    }

    private SchemaChange CompareTypes(JsonElement? was, JsonElement? isNow) =>
        CompareOptional(was, isNow) ?? CompareLists(ToTypes(was), ToTypes(isNow), isConjunction: false, compare: null);

    // "number" includes "integer".
    private static List<JsonElement> ToTypes(JsonElement? type)
    {
        var types = DefinitionJson.ReadEntries(type);
        if (types.Any(t => t.ValueKind == JsonValueKind.String && t.ValueEquals("number"u8)))
        {
            types.Add(JsonElement.Parse("\"integer\""u8));
        }

        return types;
    }

    private SchemaChange CompareLists(
        JsonElement? was,
        JsonElement? isNow,
        bool isConjunction,
        Func<JsonElement, JsonElement, SchemaChange>? compare
    ) =>
        was is { ValueKind: not JsonValueKind.Array } || isNow is { ValueKind: not JsonValueKind.Array }
            ? Undecided
            : CompareLists(DefinitionJson.ReadEntries(was), DefinitionJson.ReadEntries(isNow), isConjunction, compare);

    // Lists of alternatives widen with each entry, lists of conditions narrow. An entry that replaces another one at its
    // position is compared with it.
    private SchemaChange CompareLists(
        List<JsonElement> was,
        List<JsonElement> isNow,
        bool isConjunction,
        Func<JsonElement, JsonElement, SchemaChange>? compare
    )
    {
        string[] before = [.. was.Select(DefinitionJson.Write)];
        string[] after = [.. isNow.Select(DefinitionJson.Write)];
        var removed = before.ToHashSet(StringComparer.Ordinal);
        removed.ExceptWith(after);
        var added = after.ToHashSet(StringComparer.Ordinal);
        added.ExceptWith(before);
        var change = SchemaChange.None;
        for (var i = 0; i < Math.Max(before.Length, after.Length); i++)
        {
            steps++;
            var (isRemoved, isAdded) = (
                i < before.Length && removed.Contains(before[i]),
                i < after.Length && added.Contains(after[i])
            );
            change |=
                isRemoved && isAdded && compare is not null
                    ? compare(was[i], isNow[i])
                    : (isAdded ? (isConjunction ? SchemaChange.Narrowed : SchemaChange.Widened) : SchemaChange.None)
                        | (
                            isRemoved
                                ? (isConjunction ? SchemaChange.Widened : SchemaChange.Narrowed)
                                : SchemaChange.None
                        );
        }

        return change;
    }

    // Exactly one alternative must match, so fewer or narrower ones may accept more.
    private SchemaChange CompareAlternatives(JsonElement? was, JsonElement? isNow, int depth)
    {
        if (was is not { ValueKind: JsonValueKind.Array } || isNow is not { ValueKind: JsonValueKind.Array })
        {
            return Undecided;
        }

        var (before, after) = (DefinitionJson.ReadEntries(was), DefinitionJson.ReadEntries(isNow));
        if (before.Count != after.Count)
        {
            return Undecided;
        }

        var isReordered = before
            .Select(DefinitionJson.Write)
            .Order(StringComparer.Ordinal)
            .SequenceEqual(after.Select(DefinitionJson.Write).Order(StringComparer.Ordinal));
        return
            isReordered || before.Zip(after).All(pair => Compare(pair.First, pair.Second, depth) == SchemaChange.None)
            ? SchemaChange.None
            : Undecided;
    }

    // References to definitions can be anywhere.
    private SchemaChange CompareDefinitions(JsonElement? was, JsonElement? isNow, int depth) =>
        DefinitionJson
            .Pair(was, isNow)
            .All(entry =>
                entry.Was is not null
                && entry.IsNow is not null
                && Compare(entry.Was, entry.IsNow, depth) == SchemaChange.None
            )
        && was?.ValueKind == isNow?.ValueKind
            ? SchemaChange.None
            : Undecided;

    private static SchemaChange CompareFlags(JsonElement? was, JsonElement? isNow) =>
        (was?.ValueKind == JsonValueKind.True, isNow?.ValueKind == JsonValueKind.True) switch
        {
            (false, true) => SchemaChange.Narrowed,
            (true, false) => SchemaChange.Widened,
            _ => SchemaChange.None,
        };

    private static SchemaChange CompareBound(JsonElement? was, JsonElement? isNow, bool isLeast)
    {
        if (CompareOptional(was, isNow) is { } change)
        {
            return was is null && isNow is null ? SchemaChange.None : change;
        }

        if (
            was is not { ValueKind: JsonValueKind.Number } before
            || isNow is not { ValueKind: JsonValueKind.Number } after
            || !JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(before), out var one)
            || !JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(after), out var other)
        )
        {
            return Undecided;
        }

        var order = other.CompareTo(one);
        return order == 0 ? SchemaChange.None
            : isLeast == order < 0 ? SchemaChange.Widened
            : SchemaChange.Narrowed;
    }

    private static bool AcceptsAll(JsonElement? schema) =>
        schema is null or { ValueKind: JsonValueKind.True }
        || (
            schema is { ValueKind: JsonValueKind.Object } members
            && members.EnumerateObject().All(m => Annotations.Contains(m.Name))
        );

    // What a part of a schema accepts can depend on the whole: on what other keywords evaluated, or by a reference to a part
    // outside the definitions. Unevaluated members count only in the earlier schema: adding them accepts nothing new.
    private static bool IsOneWhole(JsonElement? value, bool isEarlier) =>
        value switch
        {
            { ValueKind: JsonValueKind.Object } members => members
                .EnumerateObject()
                .Any(m =>
                    m.Name switch
                    {
                        "unevaluatedProperties" or "unevaluatedItems" => isEarlier,
                        "$dynamicRef" or "$recursiveRef" => true,
                        "$ref" => m.Value.ValueKind == JsonValueKind.String && !IsToDefinition(m.Value.GetString()!),
                        _ => false,
                    } || IsOneWhole(m.Value, isEarlier)
                ),
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Any(entry => IsOneWhole(entry, isEarlier)),
            _ => false,
        };

    private static bool IsToDefinition(string reference)
    {
        foreach (var start in (string[])["#/$defs/", "#/definitions/"])
        {
            if (reference.StartsWith(start, StringComparison.Ordinal))
            {
                return !reference.AsSpan(start.Length).ContainsAny('/', '%');
            }
        }

        return false;
    }

    private static (JsonElement? Was, JsonElement? IsNow) Find(
        (JsonElement Was, JsonElement IsNow) schema,
        string keyword
    ) => (DefinitionJson.Find(schema.Was, keyword), DefinitionJson.Find(schema.IsNow, keyword));
}
