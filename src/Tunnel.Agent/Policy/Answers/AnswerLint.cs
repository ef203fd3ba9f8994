using System.Text.Json;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy.Answers.Masks;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>Finds what in answer rules is valid, and lets more cross than it appears to.</summary>
/// <param name="schemas">
/// The output schemas of the approved tools by their names, null for a tool without one; null: they are not known.
/// </param>
internal sealed class AnswerLint(PolicySettings policy, IReadOnlyDictionary<string, JsonElement?>? schemas)
{
    // Words in the names of members that say how many records there are, or what they add up to.
    private static readonly HashSet<string> Counts = new(StringComparer.Ordinal)
    {
        "amount",
        "average",
        "avg",
        "count",
        "counts",
        "hits",
        "length",
        "max",
        "mean",
        "median",
        "min",
        "number",
        "pages",
        "remaining",
        "size",
        "sum",
        "total",
        "totals",
    };

    private readonly List<PolicyRule> judges =
    [
        .. policy.Rules.Where(rule => rule is { Answer: not null, Effect: PolicyEffect.Allow }),
    ];

    public IEnumerable<LintWarning> Find() =>
        judges.SelectMany(rule =>
            FindInRule(rule, rule.Answer!)
                .Concat(FindUnknown(rule, rule.Answer!))
                .Concat(FindUncovered(rule))
                .Select(w => new LintWarning(rule.Name, w.Key, w.Message, w.Remedy))
        );

    private IEnumerable<(string Key, string Message, string Remedy)> FindInRule(PolicyRule rule, AnswerRule answer)
    {
        if (answer.Text == AnswerText.Pass)
        {
            yield return (
                "answer.text",
                "The server's texts cross as they are, whatever rows and fields remove.",
                rule.Prompts.Count > 0
                    ? "Write text: mask, and an entry of mask with detect."
                    : "Write text: derive, so that texts are written from what crosses."
            );
        }

        if (answer is { Detects: not Detectors.None, Fields: null } && rule.Prompts.Count == 0)
        {
            yield return (
                "answer.mask",
                "Detectors find only values of a known form, and without fields all other values cross.",
                "List fields: they are the boundary, and detectors are for what is left."
            );
        }

        foreach (var warning in answer.Rows.Where(rows => rows.Where is not null).SelectMany(r => FindAround(rule, r)))
        {
            yield return warning;
        }

        foreach (var (key, path, steps) in FindPointers(answer))
        {
            if (steps.FirstOrDefault(step => step?.Length > 0 && step.All(char.IsAsciiDigit)) is { } number)
            {
                yield return (
                    key,
                    $"{path} has a member with the name {number}: elements of an array have no numbers here.",
                    "Write * for all elements of an array."
                );
            }
        }

        var compared = rule.Arguments?.Claims.ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (
            var claim in rule.Resources.Count > 0 ? [] : answer.Claims.Distinct().Where(c => !compared.Contains(c))
        )
        {
            yield return (
                "arguments",
                $"Records are compared with the claim {claim}, and no argument is: the server finds those of all callers.",
                $"If an argument selects the records, write arguments: [{{at: /NAME, equals_claim: {claim}}}] too."
            );
        }
    }

    // Values that cross with the records of an array, and depend on those that are removed.
    private IEnumerable<(string Key, string Message, string Remedy)> FindAround(PolicyRule rule, RowRule rows)
    {
        var array = rows.At.Description;
        if (rule.Answer!.Fields is not { } fields)
        {
            yield return (
                "answer.fields",
                $"Records of {array} are removed, and everything around them crosses: also a count of them, and what the server adds later.",
                "List fields, and a count only if every caller may know it."
            );
            yield break;
        }

        foreach (var field in fields)
        {
            if (IsWithin(field.Steps, rows.At.Steps))
            {
                yield return field.Steps.Count < rows.At.Steps.Count
                    ? (
                        "answer.fields",
                        $"{field.Description} crosses whole, with {array} in it: also a count of its records, and what the server adds later.",
                        $"Name the members that callers need, such as {rows.At.Text}/*/id."
                    )
                    : (
                        "answer.fields",
                        $"{field.Description} names no members: what the server adds to the records later crosses too.",
                        $"Name the members that callers need, such as {rows.At.Text}/*/id."
                    );
            }
            else if (!IsWithin(rows.At.Steps, field.Steps) && IsCount(rule, field))
            {
                yield return (
                    "answer.fields",
                    $"{field} crosses, and the server may have computed it over records of {array} that are removed.",
                    "Remove it from fields, unless every caller may know it."
                );
            }
        }
    }

    // Whether a path is the other one, above it, or all of its elements.
    private static bool IsWithin(IReadOnlyList<string?> outer, IReadOnlyList<string?> inner)
    {
        var isElements = outer.Count == inner.Count + 1 && outer[^1] is null;
        return (outer.Count <= inner.Count || isElements)
            && outer.Zip(inner).All(pair => pair.First is null || pair.Second is null || pair.First == pair.Second);
    }

    private bool IsCount(PolicyRule rule, AnswerPath field) =>
        field.Steps is [.., { } name]
        && (
            FindWords(name).Any(Counts.Contains)
            || FindSchemas(rule)?.Any(s => OutputSchema.Find(s, field.Steps)?.Any(OutputSchema.IsNumber) == true)
                == true
        );

    // The words of totalCount, total_count and TotalCount.
    private static IEnumerable<string> FindWords(string name)
    {
        var start = 0;
        for (var i = 1; i <= name.Length; i++)
        {
            if (i == name.Length || !char.IsLetter(name[i]) || (char.IsUpper(name[i]) && char.IsLower(name[i - 1])))
            {
                yield return string.Concat(name[start..i].Where(char.IsLetter)).ToLowerInvariant();
                start = i;
            }
        }
    }

    private IEnumerable<(string Key, string Message, string Remedy)> FindUnknown(PolicyRule rule, AnswerRule answer)
    {
        if (FindSchemas(rule) is not { } known)
        {
            yield break;
        }

        foreach (var (key, path, steps) in FindPointers(answer))
        {
            if (known.All(schema => OutputSchema.Find(schema, steps) is { Count: 0 }))
            {
                yield return (
                    key,
                    $"{path} is in no approved output schema of the rule's tools.",
                    "Correct the pointer, or remove it."
                );
            }
        }
    }

    // The output schemas of all tools that the rule names; null if one of them is not known.
    private List<JsonElement>? FindSchemas(PolicyRule rule)
    {
        if (schemas is null || rule.Resources.Count + rule.Prompts.Count > 0)
        {
            return null;
        }

        var named = schemas.Where(s => rule.Tools.Any(pattern => Glob.Matches(pattern, s.Key))).ToList();
        return
            named.Count == 0
            || named.Any(s => s.Value is null)
            || rule.Tools.Any(tool => !tool.Contains('*') && !schemas.ContainsKey(tool))
            ? null
            : [.. named.Select(s => s.Value!.Value)];
    }

    private static IEnumerable<(string Key, string Path, IReadOnlyList<string?> Steps)> FindPointers(
        AnswerRule answer
    ) =>
        [
            .. answer.Rows.Select(r => ("answer.rows", r.At.Text, r.At.Steps)),
            .. answer.Rows.SelectMany(rows =>
                (rows.Where?.Members ?? [])
                    .Select(m => ("answer.rows", $"{rows.At}/*{m.At}", Join(rows.At.Steps, m.At.Names)))
                    .DistinctBy(m => m.Item2)
            ),
            .. (answer.Fields ?? []).Select(f => ("answer.fields", f.Text, f.Steps)),
            .. answer.Masks.Select(m => ("answer.mask", m.At.Text, m.At.Steps)),
            .. (answer.Approval?.Pointers ?? []).Select(at => ("answer.approve", at.Text, Split(at))),
        ];

    private static IReadOnlyList<string?> Split(JsonPointer at) =>
        [.. at.Names.Select(name => name == JsonPointer.Every ? null : name)];

    private static IReadOnlyList<string?> Join(IReadOnlyList<string?> array, IEnumerable<string> member) =>
        [.. array, null, .. member];

    // Callers that get the whole answers of the same names.
    private IEnumerable<(string Key, string Message, string Remedy)> FindUncovered(PolicyRule rule)
    {
        foreach (var other in policy.Rules.Where(r => r is { Answer: null, Effect: PolicyEffect.Allow }))
        {
            if (
                FindShared(rule, other) is { } shared
                && !judges.Any(judge => FindShared(judge, shared) is not null && IncludesAllCallers(judge, other))
            )
            {
                yield return (
                    "answer",
                    $"{other.Name} allows the same calls ({shared.Name}) to others, who get the whole answers.",
                    $"Give {other.Name} an answer too, or take the name out of it."
                );
                yield break;
            }
        }

        if (
            policy.Default == PolicyEffect.Allow
            && !judges.Any(judge => judge.IsForEveryone && FindShared(judge, rule) is not null)
        )
        {
            yield return (
                "answer",
                "default: allow lets all other callers make the same calls, and they get the whole answers.",
                "Write default: deny, or a rule with answer for every caller."
            );
        }
    }

    private static (TargetKind Kind, string Name)? FindShared(PolicyRule one, PolicyRule other) =>
        new[] { TargetKind.Tool, TargetKind.Prompt, TargetKind.Resource }
            .SelectMany(kind => other.GetNames(kind).Select(name => FindShared(one, (kind, name))))
            .FirstOrDefault(shared => shared is not null);

    // The narrower of two names or patterns that have names in common.
    private static (TargetKind Kind, string Name)? FindShared(PolicyRule rule, (TargetKind Kind, string Name) other) =>
        rule.GetNames(other.Kind)
            .Select(name =>
                Glob.Matches(name, other.Name) ? other.Name
                : Glob.Matches(other.Name, name) ? name
                : null
            )
            .FirstOrDefault(name => name is not null)
            is { } shared
            ? (other.Kind, shared)
            : null;

    // Whether every call that the other rule allows satisfies the conditions of this one.
    private static bool IncludesAllCallers(PolicyRule rule, PolicyRule other) =>
        (rule.Issuer.Length == 0 || rule.Issuer == other.Issuer)
        && (rule.Subject.Length == 0 || rule.Subject == other.Subject)
        && (rule.ClientId.Length == 0 || rule.ClientId == other.ClientId)
        && (rule.Scope.Length == 0 || rule.Scope == other.Scope)
        && (rule.Groups.Count == 0 || (other.Groups.Count > 0 && other.Groups.All(rule.Groups.Contains)))
        && (rule.Sources.IsEmpty || $"{rule.Sources}" == $"{other.Sources}")
        && (rule.Workloads.Count == 0 || (other.Workloads.Count > 0 && other.Workloads.All(rule.Workloads.Contains)))
        && (rule.Via.Count == 0 || (other.Via.Count > 0 && other.Via.All(rule.Via.Contains)))
        && (!rule.HasConditions || $"{rule.Arguments}" == $"{other.Arguments}");
}

/// <summary>What an answer rule lets cross although its author may not expect it, and what to write instead.</summary>
/// <param name="Key">The key of the rule.</param>
internal sealed record LintWarning(string Rule, string Key, string Message, string Remedy)
{
    public override string ToString() => $"{Rule}: {Key}: {Message} {Remedy}";
}
