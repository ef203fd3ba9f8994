using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Output;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>The changes that make the service match the files.</summary>
/// <param name="Changes">In the order in which they can be made.</param>
/// <param name="Undeclared">Objects of the service in no file: archived with <c>--prune</c>, else unchanged.</param>
/// <param name="Waiting">Declared policies whose drafts wait for a second person: tunnel, label and draft.</param>
internal sealed record ResourcePlan(
    IReadOnlyList<PlannedChange> Changes,
    IReadOnlyList<LiveResource> Undeclared,
    IReadOnlyList<(string Tunnel, string Label, string DraftId)> Waiting
)
{
    public static ResourcePlan Make(IReadOnlyList<DeclaredResource> declared, LiveState live, bool prune)
    {
        List<PlannedChange> changes = [];
        List<(string, string, string)> waiting = [];
        foreach (var kind in ResourceKind.All)
        {
            foreach (var resource in declared.Where(resource => resource.Kind == kind))
            {
                RequireReferences(resource, declared, live);
                var present = live.Find(kind, resource.Name);
                if (Change(resource, present) is { } change)
                {
                    changes.Add(change);
                }

                if (present is not null)
                {
                    var drafts = TunnelPolicies.FindWaiting(resource.Spec[TunnelPolicies.Field], present.Policies);
                    waiting.AddRange(drafts.Select(draft => (resource.Name, draft.Label, draft.DraftId)));
                }
            }
        }

        var titles = declared.Select(resource => resource.Title).ToHashSet();
        var undeclared = live.Resources.Where(resource => !titles.Contains(resource.Title)).ToList();
        if (prune)
        {
            // Objects that refer to others are archived before them.
            changes.AddRange(
                undeclared
                    .Where(resource => resource.Kind.IsPruned)
                    .Reverse()
                    .Select(resource => new PlannedChange(
                        PlannedChange.Archive,
                        resource.Kind,
                        resource.Name,
                        null,
                        resource,
                        []
                    ))
            );
        }

        return new ResourcePlan(changes, undeclared, waiting);
    }

    public JsonObject ToJson() =>
        new()
        {
            ["changes"] = new JsonArray([.. Changes.Select(Describe)]),
            ["undeclared"] = new JsonArray([.. Undeclared.Select(resource => (JsonNode)resource.Title)]),
            ["waiting"] = new JsonArray([
                .. Waiting.Select(draft => new JsonObject
                {
                    ["tunnel"] = draft.Tunnel,
                    ["hostname"] = draft.Label,
                    ["id"] = draft.DraftId,
                }),
            ]),
        };

    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var change in Changes)
        {
            text.Append(change.Verb.PadRight(8))
                .Append(CellText.Safe($"{change.Kind.Word} {change.Name}"))
                .Append('\n');
            foreach (var (field, before, after) in change.Fields)
            {
                if (field == TunnelPolicies.Field)
                {
                    WritePolicies(text, (JsonObject?)before ?? [], (JsonObject)after!);
                    continue;
                }

                text.Append("           ")
                    .Append(field)
                    .Append(": ")
                    .Append(CellText.Format(before))
                    .Append(" -> ")
                    .Append(CellText.Format(after))
                    .Append('\n');
            }
        }

        return text.ToString();
    }

    // Line by line, as the second person will see it.
    private static void WritePolicies(StringBuilder text, JsonObject before, JsonObject after)
    {
        foreach (var (label, wanted) in after)
        {
            text.Append("           ").Append(TunnelPolicies.Field).Append('.').Append(label).Append(": a draft\n");
            foreach (var line in LineDiff.Write((string?)before[label] ?? "", (string?)wanted ?? "").Split('\n'))
            {
                text.Append("             ").Append(CellText.Safe(line)).Append('\n');
            }
        }
    }

    private static (string Field, JsonNode? Before, JsonNode? After)? ChangeOfPolicies(
        DeclaredResource declared,
        LiveResource? live
    )
    {
        var wanted = TunnelPolicies.FindNew(
            declared.Spec[TunnelPolicies.Field],
            live?.Policies ?? new Dictionary<string, LivePolicy>()
        );
        var before = new JsonObject(
            wanted.Select(policy =>
                KeyValuePair.Create(policy.Key, live?.Spec[TunnelPolicies.Field]?[policy.Key]?.DeepClone())
            )
        );
        return wanted.Count == 0 ? null : (TunnelPolicies.Field, before, wanted);
    }

    private static PlannedChange? Change(DeclaredResource declared, LiveResource? live)
    {
        List<(string, JsonNode?, JsonNode?)> fields = [];
        if (ChangeOfPolicies(declared, live) is { } policies)
        {
            fields.Add(policies);
        }

        if (live is null)
        {
            if (declared.Kind.FindCreationProblem?.Invoke(declared.Spec) is { } problem)
            {
                throw new CommandFailure(ExitCode.Refused, $"{declared.Title}: {problem}") { Where = declared.Source };
            }

            return new PlannedChange(PlannedChange.Create, declared.Kind, declared.Name, declared, null, fields);
        }

        foreach (var (name, wanted) in declared.Spec.Where(field => field.Key != TunnelPolicies.Field))
        {
            var field = declared.Kind.Find(name)!;
            var present = live.Spec[name];
            if (Sameness.AreSame(field, wanted, present))
            {
                continue;
            }

            if (field.IsFixed)
            {
                throw new CommandFailure(
                    ExitCode.Refused,
                    $"{declared.Title}: {name} is fixed at creation; it is {CellText.Format(present)}, "
                        + $"the file says {CellText.Format(wanted)}"
                )
                {
                    Where = declared.Source,
                    Next = declared.Kind.FixedAdvice,
                };
            }

            fields.Add((name, present?.DeepClone(), wanted?.DeepClone()));
        }

        return fields.Count == 0
            ? null
            : new PlannedChange(PlannedChange.Update, declared.Kind, declared.Name, declared, live, fields);
    }

    private static void RequireReferences(
        DeclaredResource resource,
        IReadOnlyList<DeclaredResource> declared,
        LiveState live
    )
    {
        foreach (var field in resource.Kind.Fields.Where(field => field.RefersTo is not null))
        {
            IEnumerable<string> names = resource.Spec[field.Name] switch
            {
                JsonArray list => list.Select(item => (string)item!),
                JsonValue one => [(string)one!],
                _ => [],
            };
            foreach (var name in names)
            {
                if (
                    live.FindId(field.RefersTo!, name) is null
                    && !declared.Any(other => other.Kind.Noun == field.RefersTo && other.Name == name)
                )
                {
                    throw new CommandFailure(
                        ExitCode.Refused,
                        $"{resource.Title}: {field.Name} names '{name}', which is neither declared nor exists"
                    )
                    {
                        Where = resource.Source,
                        Next = $"declare it, or see culvert {field.RefersTo!.Word} list",
                    };
                }
            }
        }
    }

    private static JsonObject Describe(PlannedChange change)
    {
        var fields = new JsonObject();
        foreach (var (field, before, after) in change.Fields)
        {
            fields[field] = new JsonObject { ["before"] = before?.DeepClone(), ["after"] = after?.DeepClone() };
        }

        return new JsonObject
        {
            ["verb"] = change.Verb,
            ["kind"] = change.Kind.Word,
            ["name"] = change.Name,
            ["id"] = change.Live?.Id,
            ["fields"] = fields,
        };
    }
}
