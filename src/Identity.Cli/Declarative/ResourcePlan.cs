using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>What would make the service as the files say.</summary>
/// <param name="Changes">In the order in which they can be made.</param>
/// <param name="Undeclared">What the service has and no file: archived with <c>--prune</c>, else left alone.</param>
internal sealed record ResourcePlan(IReadOnlyList<PlannedChange> Changes, IReadOnlyList<LiveResource> Undeclared)
{
    public static ResourcePlan Make(IReadOnlyList<DeclaredResource> declared, LiveState live, bool prune)
    {
        List<PlannedChange> changes = [];
        foreach (var kind in ResourceKind.All)
        {
            foreach (var resource in declared.Where(resource => resource.Kind == kind))
            {
                RequireReferences(resource, declared, live);
                if (Change(resource, live.Find(kind, resource.Name)) is { } change)
                {
                    changes.Add(change);
                }
            }
        }

        var titles = declared.Select(resource => resource.Title).ToHashSet();
        var undeclared = live.Resources.Where(resource => !titles.Contains(resource.Title)).ToList();
        if (prune)
        {
            // What refers to others goes before them.
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

        return new ResourcePlan(changes, undeclared);
    }

    public JsonObject ToJson() =>
        new()
        {
            ["changes"] = new JsonArray([.. Changes.Select(Describe)]),
            ["undeclared"] = new JsonArray([.. Undeclared.Select(resource => (JsonNode)resource.Title)]),
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

    private static PlannedChange? Change(DeclaredResource declared, LiveResource? live)
    {
        if (live is null)
        {
            return new PlannedChange(PlannedChange.Create, declared.Kind, declared.Name, declared, null, []);
        }

        List<(string, JsonNode?, JsonNode?)> fields = [];
        foreach (var (name, wanted) in declared.Spec)
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
                    Next = "declare it under another name, and archive this one",
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
