using System.Text.Json;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>Tells how a definition differs from its pin.</summary>
internal static class DefinitionComparison
{
    // MCP 2025-11-25, ToolAnnotations: what a hint means where it is not there.
    private static readonly (string Hint, bool Default, bool IsRisk)[] Hints =
    [
        ("readOnlyHint", false, false),
        ("idempotentHint", false, false),
        ("destructiveHint", true, true),
        ("openWorldHint", true, true),
    ];

    /// <summary>The classes of a difference between two definitions of one name.</summary>
    public static DriftClass Classify(Definition pinned, Definition observed)
    {
        if (pinned.Digest == observed.Digest)
        {
            return DriftClass.None;
        }

        using var before = pinned.Parse();
        using var after = observed.Parse();
        return pinned.Key.Kind switch
        {
            PinKind.Tool => CompareTools(before.RootElement, after.RootElement),
            PinKind.Prompt => ComparePrompts(before.RootElement, after.RootElement),
            _ => DriftClass.Description,
        };
    }

    /// <summary>What a person has to review.</summary>
    /// <param name="pinned">Null: it is not pinned.</param>
    /// <param name="observed">Null: it is not listed any more.</param>
    public static IReadOnlyList<DefinitionChange> Describe(Definition? pinned, Definition? observed)
    {
        using var before = pinned?.Parse();
        using var after = observed?.Parse();
        if ((before ?? after)?.RootElement.ValueKind != JsonValueKind.Object)
        {
            return [new DefinitionChange("", pinned?.Json, observed?.Json)];
        }

        var (was, isNow) = (before?.RootElement, after?.RootElement);
        return
        [
            .. NamesOf(was)
                .Union(NamesOf(isNow), StringComparer.Ordinal)
                .Select(name => new DefinitionChange(name, TextOf(was, name), TextOf(isNow, name)))
                .Where(change => change.Before != change.After),
        ];
    }

    private static DriftClass CompareTools(JsonElement before, JsonElement after)
    {
        var classes = DriftClass.None;
        foreach (var name in NamesOf(before).Union(NamesOf(after), StringComparer.Ordinal))
        {
            var (was, isNow) = (Find(before, name), Find(after, name));
            classes |=
                AreSame(was, isNow) ? DriftClass.None
                : name is "inputSchema" or "outputSchema" ? ToClasses(SchemaComparison.Compare(was, isNow))
                : name == "annotations" ? CompareAnnotations(was, isNow)
                : DriftClass.Description;
        }

        return classes == DriftClass.None ? DriftClass.Description : classes;
    }

    private static DriftClass CompareAnnotations(JsonElement? was, JsonElement? isNow) =>
        Hints.Any(h =>
            Claims(was, h.Hint, h.Default) != Claims(isNow, h.Hint, h.Default)
            && Claims(isNow, h.Hint, h.Default) == h.IsRisk
        )
            ? DriftClass.RiskUp
            : DriftClass.Description;

    // A hint of another type than a boolean counts as absent.
    private static bool Claims(JsonElement? annotations, string hint, bool standard) =>
        Find(annotations, hint) switch
        {
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            _ => standard,
        };

    private static DriftClass ComparePrompts(JsonElement before, JsonElement after)
    {
        var classes = DriftClass.None;
        foreach (var name in NamesOf(before).Union(NamesOf(after), StringComparer.Ordinal))
        {
            var (was, isNow) = (Find(before, name), Find(after, name));
            classes |=
                AreSame(was, isNow) ? DriftClass.None
                : name == "arguments" ? CompareArguments(was, isNow)
                : DriftClass.Description;
        }

        return classes == DriftClass.None ? DriftClass.Description : classes;
    }

    private static DriftClass CompareArguments(JsonElement? was, JsonElement? isNow)
    {
        if (ReadArguments(was) is not { } before || ReadArguments(isNow) is not { } after)
        {
            return DriftClass.Widened;
        }

        var classes = DriftClass.None;
        foreach (var name in before.Keys.Union(after.Keys, StringComparer.Ordinal))
        {
            var (one, other) = (before.GetValueOrDefault(name), after.GetValueOrDefault(name));
            classes |=
                one is null ? DriftClass.Widened
                : other is null ? DriftClass.Narrowed
                : one == other ? DriftClass.None
                : other.Value ? DriftClass.Narrowed
                : DriftClass.Widened;
        }

        return classes == DriftClass.None ? DriftClass.Description : classes;
    }

    // Null: it is not a list of arguments with different names.
    private static Dictionary<string, bool?>? ReadArguments(JsonElement? list)
    {
        var arguments = new Dictionary<string, bool?>(StringComparer.Ordinal);
        if (list is null)
        {
            return arguments;
        }

        if (list is not { ValueKind: JsonValueKind.Array } entries)
        {
            return null;
        }

        foreach (var entry in entries.EnumerateArray())
        {
            if (
                Find(entry, "name") is not { ValueKind: JsonValueKind.String } name
                || !arguments.TryAdd(name.GetString()!, Find(entry, "required") is { ValueKind: JsonValueKind.True })
            )
            {
                return null;
            }
        }

        return arguments;
    }

    private static DriftClass ToClasses(SchemaChange change) =>
        (change.HasFlag(SchemaChange.Text) ? DriftClass.Description : DriftClass.None)
        | (change.HasFlag(SchemaChange.Widened) ? DriftClass.Widened : DriftClass.None)
        | (change.HasFlag(SchemaChange.Narrowed) ? DriftClass.Narrowed : DriftClass.None);

    private static IEnumerable<string> NamesOf(JsonElement? entry) =>
        entry is { ValueKind: JsonValueKind.Object } members ? members.EnumerateObject().Select(m => m.Name) : [];

    private static JsonElement? Find(JsonElement? entry, string name) =>
        entry is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var value)
            ? value
            : null;

    private static string? TextOf(JsonElement? entry, string name) =>
        Find(entry, name) is { } value ? System.Text.Encoding.UTF8.GetString(CanonicalJson.Write(value)) : null;

    private static bool AreSame(JsonElement? one, JsonElement? other) =>
        one is { } a && other is { } b
            ? CanonicalJson.Write(a).AsSpan().SequenceEqual(CanonicalJson.Write(b))
            : one is null && other is null;
}
