using System.Text.Json;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>
/// Compares two JSON Schemas (2020-12) by their structure. What the structure does not decide counts as widened: it is
/// the change that may let more pass.
/// </summary>
internal static class SchemaComparison
{
    private const SchemaChange Undecided = SchemaChange.Widened;
    private const SchemaChange Both = SchemaChange.Widened | SchemaChange.Narrowed;

    // Beyond it nothing is compared, and so nothing is decided.
    private const int MaxDepth = 64;

    private static readonly string[] Texts =
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

    private static readonly string[] Least =
    [
        "minimum",
        "exclusiveMinimum",
        "minLength",
        "minItems",
        "minProperties",
        "minContains",
    ];

    private static readonly string[] Most =
    [
        "maximum",
        "exclusiveMaximum",
        "maxLength",
        "maxItems",
        "maxProperties",
        "maxContains",
    ];

    // One schema; absent is the same as true.
    private static readonly string[] Subschemas =
    [
        "additionalProperties",
        "unevaluatedProperties",
        "items",
        "unevaluatedItems",
        "propertyNames",
    ];

    /// <param name="before">The earlier schema; null: there was none, which accepts everything.</param>
    /// <param name="after">The later one; null likewise.</param>
    public static SchemaChange Compare(JsonElement? before, JsonElement? after) => Compare(before, after, 0);

    private static SchemaChange Compare(JsonElement? before, JsonElement? after, int depth)
    {
        if (AreSame(before, after))
        {
            return SchemaChange.None;
        }

        if (depth > MaxDepth)
        {
            return Undecided;
        }

        var (old, now) = (AcceptsAll(before), AcceptsAll(after));
        if (old || now)
        {
            return old && now ? SchemaChange.Text
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
        foreach (var keyword in NamesOf(one).Union(NamesOf(other), StringComparer.Ordinal))
        {
            var (was, isNow) = (Find(one, keyword), Find(other, keyword));
            if (!AreSame(was, isNow))
            {
                change |= CompareKeyword(keyword, was, isNow, depth + 1);
            }
        }

        // Two texts of one meaning, such as another order of required.
        return change == SchemaChange.None ? SchemaChange.Text : change;
    }

    private static SchemaChange CompareKeyword(string keyword, JsonElement? was, JsonElement? isNow, int depth) =>
        Texts.Contains(keyword) ? SchemaChange.Text
        : Least.Contains(keyword) ? CompareBound(was, isNow, isLeast: true)
        : Most.Contains(keyword) ? CompareBound(was, isNow, isLeast: false)
        : Subschemas.Contains(keyword) ? Compare(was, isNow, depth)
        : keyword switch
        {
            "properties" => CompareProperties(was, isNow, depth),
            "required" => CompareSets(Items(was), Items(isNow), isConjunction: true),
            "type" => CompareTypes(was, isNow),
            "enum" => was is null ? SchemaChange.Narrowed
            : isNow is null ? SchemaChange.Widened
            : CompareSets(Items(was), Items(isNow), isConjunction: false),
            "anyOf" or "oneOf" when was is not null && isNow is not null => CompareSets(
                Items(was),
                Items(isNow),
                isConjunction: false
            ),
            "allOf" => CompareSets(Items(was), Items(isNow), isConjunction: true),
            "const" or "pattern" or "format" or "multipleOf" => was is null ? SchemaChange.Narrowed
            : isNow is null ? SchemaChange.Widened
            : Both,
            "uniqueItems" => isNow is { ValueKind: JsonValueKind.True } ? SchemaChange.Narrowed : SchemaChange.Widened,
            _ => Undecided,
        };

    // A new property is one more place to put something, even where an open schema accepted it before: it is what the
    // model reads that decides what it sends.
    private static SchemaChange CompareProperties(JsonElement? was, JsonElement? isNow, int depth)
    {
        if (was is { ValueKind: not JsonValueKind.Object } || isNow is { ValueKind: not JsonValueKind.Object })
        {
            return Undecided;
        }

        var change = SchemaChange.None;
        foreach (var name in NamesOf(was).Union(NamesOf(isNow), StringComparer.Ordinal))
        {
            var (one, other) = (Find(was, name), Find(isNow, name));
            change |=
                one is null ? SchemaChange.Widened
                : other is null ? SchemaChange.Narrowed
                : Compare(one, other, depth);
        }

        return change;
    }

    private static SchemaChange CompareTypes(JsonElement? was, JsonElement? isNow)
    {
        if (was is null || isNow is null)
        {
            return was is null ? SchemaChange.Narrowed : SchemaChange.Widened;
        }

        var (one, other) = (Types(was.Value), Types(isNow.Value));
        return CompareSets(one, other, isConjunction: false);
    }

    // A number may be an integer.
    private static HashSet<string> Types(JsonElement type)
    {
        var types = Items(type);
        if (types.Contains("\"number\""))
        {
            types.Add("\"integer\"");
        }

        return types;
    }

    // Lists of alternatives widen with each entry, lists of conditions narrow.
    private static SchemaChange CompareSets(HashSet<string> was, HashSet<string> isNow, bool isConjunction)
    {
        var more = isNow.IsSubsetOf(was) ? SchemaChange.None : SchemaChange.Widened;
        var less = was.IsSubsetOf(isNow) ? SchemaChange.None : SchemaChange.Narrowed;
        return !isConjunction
            ? more | less
            : (more != SchemaChange.None ? SchemaChange.Narrowed : SchemaChange.None)
                | (less != SchemaChange.None ? SchemaChange.Widened : SchemaChange.None);
    }

    private static SchemaChange CompareBound(JsonElement? was, JsonElement? isNow, bool isLeast)
    {
        if (was is null || isNow is null)
        {
            return was is null ? SchemaChange.Narrowed : SchemaChange.Widened;
        }

        if (
            was is not { ValueKind: JsonValueKind.Number } one
            || isNow is not { ValueKind: JsonValueKind.Number } other
        )
        {
            return Undecided;
        }

        return isLeast == other.GetDouble() < one.GetDouble() ? SchemaChange.Widened : SchemaChange.Narrowed;
    }

    // A value that is not a list counts as a list of itself, as of "type".
    private static HashSet<string> Items(JsonElement? value) =>
        value switch
        {
            null => [],
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(Canonical)],
            { } one => [Canonical(one)],
        };

    private static bool AcceptsAll(JsonElement? schema) =>
        schema is null or { ValueKind: JsonValueKind.True }
        || (
            schema is { ValueKind: JsonValueKind.Object } members
            && members.EnumerateObject().All(m => Texts.Contains(m.Name))
        );

    private static IEnumerable<string> NamesOf(JsonElement? schema) =>
        schema is { ValueKind: JsonValueKind.Object } members ? members.EnumerateObject().Select(m => m.Name) : [];

    private static JsonElement? Find(JsonElement? schema, string name) =>
        schema is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var value)
            ? value
            : null;

    private static bool AreSame(JsonElement? one, JsonElement? other) =>
        one is { } a && other is { } b ? Canonical(a) == Canonical(b) : one is null && other is null;

    private static string Canonical(JsonElement value) =>
        System.Text.Encoding.UTF8.GetString(CanonicalJson.Write(value));
}
