using System.Text.Json;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>Determines how a definition differs from its pin.</summary>
internal static class DefinitionComparison
{
    // MCP 2025-11-25, ToolAnnotations: the defaults of absent hints.
    private static readonly (string Hint, bool Default, bool IsRisk)[] Hints =
    [
        ("readOnlyHint", false, false),
        ("idempotentHint", false, false),
        ("destructiveHint", true, true),
        ("openWorldHint", true, true),
    ];

    /// <summary>The classes of the differences between two definitions with the same name.</summary>
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

    /// <summary>The changed members, for a person's review.</summary>
    /// <param name="pinned">Null: it is not pinned.</param>
    /// <param name="observed">Null: it is no longer listed.</param>
    public static IReadOnlyList<DefinitionChange> Describe(Definition? pinned, Definition? observed)
    {
        using var before = pinned?.Parse();
        using var after = observed?.Parse();
        if ((before ?? after)?.RootElement.ValueKind != JsonValueKind.Object)
        {
            return [new DefinitionChange("", pinned?.Json, observed?.Json)];
        }

        return
        [
            .. DefinitionJson
                .Pair(before?.RootElement, after?.RootElement)
                .Where(member => !DefinitionJson.AreSame(member.Was, member.IsNow))
                .Select(member => new DefinitionChange(member.Name, Write(member.Was), Write(member.IsNow))),
        ];
    }

    private static DriftClass CompareTools(JsonElement before, JsonElement after) =>
        CompareMembers(
            before,
            after,
            (name, was, isNow) =>
                name switch
                {
                    "inputSchema" or "outputSchema" => ToClasses(SchemaComparison.Compare(was, isNow)),
                    "annotations" => CompareAnnotations(was, isNow),
                    _ => DriftClass.Description,
                }
        );

    private static DriftClass ComparePrompts(JsonElement before, JsonElement after) =>
        CompareMembers(
            before,
            after,
            (name, was, isNow) => name == "arguments" ? CompareArguments(was, isNow) : DriftClass.Description
        );

    // Combines the classes of all members that differ. A difference without a class, such as the order of a list, counts
    // as text.
    private static DriftClass CompareMembers(
        JsonElement? before,
        JsonElement? after,
        Func<string, JsonElement?, JsonElement?, DriftClass> compare
    )
    {
        var classes = DefinitionJson
            .Pair(before, after)
            .Where(member => !DefinitionJson.AreSame(member.Was, member.IsNow))
            .Aggregate(DriftClass.None, (all, member) => all | compare(member.Name, member.Was, member.IsNow));
        return classes == DriftClass.None ? DriftClass.Description : classes;
    }

    private static DriftClass CompareAnnotations(JsonElement? was, JsonElement? isNow) =>
        CompareMembers(was, isNow, CompareAnnotation)
        | (isNow is null or { ValueKind: JsonValueKind.Object } ? DriftClass.None : DriftClass.Description);

    // A hint that is not a boolean counts as absent, and as text.
    private static DriftClass CompareAnnotation(string name, JsonElement? was, JsonElement? isNow)
    {
        foreach (var (hint, standard, isRisk) in Hints)
        {
            var claim = Claims(isNow, standard);
            if (name == hint && Claims(was, standard) != claim && claim == isRisk)
            {
                return DriftClass.RiskUp | (IsFlag(was) && IsFlag(isNow) ? DriftClass.None : DriftClass.Description);
            }
        }

        return DriftClass.Description;
    }

    private static bool Claims(JsonElement? hint, bool standard) =>
        hint switch
        {
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            _ => standard,
        };

    private static bool IsFlag(JsonElement? value) =>
        value is null or { ValueKind: JsonValueKind.True or JsonValueKind.False };

    private static DriftClass CompareArguments(JsonElement? was, JsonElement? isNow)
    {
        if (ReadArguments(was) is not { } before || ReadArguments(isNow) is not { } after)
        {
            return DriftClass.Widened | DriftClass.Description;
        }

        var classes = DriftClass.None;
        foreach (var name in before.Keys.Union(after.Keys, StringComparer.Ordinal))
        {
            classes |=
                !before.TryGetValue(name, out var one) ? DriftClass.Widened | DriftClass.Description
                : !after.TryGetValue(name, out var other) ? DriftClass.Narrowed
                : DefinitionJson.AreSame(one, other) ? DriftClass.None
                : CompareMembers(one, other, CompareArgument);
        }

        return classes;
    }

    private static DriftClass CompareArgument(string member, JsonElement? was, JsonElement? isNow)
    {
        if (member != "required")
        {
            return DriftClass.Description;
        }

        var ofFlag = (Claims(was, false), Claims(isNow, false)) switch
        {
            (false, true) => DriftClass.Narrowed,
            (true, false) => DriftClass.Widened,
            _ => DriftClass.None,
        };
        return ofFlag | (IsFlag(was) && IsFlag(isNow) ? DriftClass.None : DriftClass.Description);
    }

    // Null: the value is not a list of arguments with distinct names.
    private static Dictionary<string, JsonElement>? ReadArguments(JsonElement? list)
    {
        var arguments = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
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
                DefinitionJson.Find(entry, "name") is not { ValueKind: JsonValueKind.String } name
                || !arguments.TryAdd(name.GetString()!, entry)
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

    private static string? Write(JsonElement? value) => value is { } json ? DefinitionJson.Write(json) : null;
}
