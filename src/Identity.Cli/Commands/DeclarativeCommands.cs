using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Declarative;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class DeclarativeCommands
{
    public static Command[] Create(VerbFactory verbs) => [Apply(verbs), Diff(verbs), Export(verbs), Schema(verbs)];

    private static Command Apply(VerbFactory verbs)
    {
        var (folder, prune, yes) = (Folder("read the resources from this file or folder"), Prune(), Flags.Yes());
        return verbs.Create(
            "apply",
            "change the service to match the files; --dry-run prints the plan",
            async (context, cancel) =>
            {
                var (plan, live) = await PlanAsync(context, context.Get(folder)!, context.Get(prune), cancel);
                if (context.IsDryRun)
                {
                    return Result(context, plan, "would make", ExitCode.Done);
                }

                var archived = plan.Changes.Count(change => change.Verb == PlannedChange.Archive);
                if (archived > 0)
                {
                    context.Note(plan.ToText().TrimEnd('\n'));
                    context.Confirm(
                        $"{archived} resources that no file declares are archived",
                        "prune",
                        context.Get(yes)
                    );
                }

                await MakeAsync(context, plan, live, cancel);
                return Result(context, plan, "made", ExitCode.Done);
            },
            folder,
            prune,
            yes
        );
    }

    private static Command Diff(VerbFactory verbs)
    {
        var (folder, prune) = (Folder("compare with the resources in this file or folder"), Prune());
        var drift = new Option<bool>("--drift-exit") { Description = "exit with 2 if anything differs" };
        return verbs.Create(
            "diff",
            "show how the service differs from the files; changes nothing",
            async (context, cancel) =>
            {
                var (plan, _) = await PlanAsync(context, context.Get(folder)!, context.Get(prune), cancel);
                var isDrift = plan.Changes.Count > 0 && context.Get(drift);
                return Result(context, plan, "would make", isDrift ? ExitCode.CheckFailed : ExitCode.Done);
            },
            folder,
            prune,
            drift
        );
    }

    private static Command Export(VerbFactory verbs)
    {
        var folder = Folder("write one file per resource into this folder");
        return verbs.Create(
            "export",
            "write the service's configuration as files for culvert apply; they contain no secrets",
            async (context, cancel) =>
            {
                context.RefuseDryRun();
                var live = await LiveState.ReadAsync(context, null, cancel);
                var files = Exporter.Write(live, context.Get(folder)!);
                return CommandResult.Object(
                    new JsonObject { ["files"] = new JsonArray([.. files.Select(file => (JsonNode)file)]) }
                ) with
                {
                    Plain = string.Join('\n', files.Append($"{files.Count} files")),
                };
            },
            folder
        );
    }

    private static Command Schema(VerbFactory verbs) =>
        verbs.Create(
            "schema",
            "the JSON schema of the files of apply, for editors and checks",
            (_, _) =>
                Task.FromResult(
                    CommandResult.Object(SchemaText.Create()) with
                    {
                        Plain = SchemaText.Text.TrimEnd('\n'),
                    }
                )
        );

    private static async Task<(ResourcePlan Plan, LiveState Live)> PlanAsync(
        CommandContext context,
        string folder,
        bool prune,
        CancellationToken cancel
    )
    {
        var declared = ResourceFiles.Read(folder);
        var tunnels = declared
            .Where(resource => resource.Spec[TunnelPolicies.Field] is not null)
            .Select(resource => resource.Name)
            .ToHashSet(StringComparer.Ordinal);
        var live = await LiveState.ReadAsync(context, tunnels, cancel);
        return (ResourcePlan.Make(declared, live, prune), live);
    }

    private static async Task MakeAsync(
        CommandContext context,
        ResourcePlan plan,
        LiveState live,
        CancellationToken cancel
    )
    {
        var applier = new Applier(await context.ClientAsync(cancel), live);
        foreach (var (change, number) in plan.Changes.Select((change, i) => (change, i + 1)))
        {
            try
            {
                await applier.MakeAsync(change, cancel);
            }
            catch (CommandFailure failure)
            {
                var where = change.Declared?.Source ?? change.Live?.Id;
                throw new CommandFailure(
                    failure.ExitCode,
                    $"{change.Verb} {change.Kind.Word} {change.Name}: {failure.Message}",
                    failure
                )
                {
                    Where = $"{where}; {failure.Where}",
                    Code = failure.Code,
                    RequestId = failure.RequestId,
                    Next =
                        $"{number - 1} of {plan.Changes.Count} changes were made; fix the error and run apply again: {failure.Next}",
                };
            }

            context.Note($"{number}/{plan.Changes.Count} {change.Verb} {change.Kind.Word} {change.Name}");
        }

        NoteDrafts(context, applier.Drafts);
    }

    private static void NoteDrafts(
        CommandContext context,
        IEnumerable<(string Tunnel, string Label, string DraftId)> drafts
    )
    {
        foreach (var (tunnel, label, id) in drafts)
        {
            context.Note(
                $"the policy of {label} waits for another person: culvert policy diff {tunnel} {id}, culvert policy approve {tunnel} {id}"
            );
        }
    }

    private static CommandResult Result(CommandContext context, ResourcePlan plan, string deed, int exitCode)
    {
        var left = plan.Undeclared.Count(resource =>
            plan.Changes.All(change => change.Live is null || change.Live.Id != resource.Id)
        );
        if (left > 0)
        {
            context.Note($"{left} resources are in no file and are unchanged (--prune archives them where possible)");
        }

        NoteDrafts(context, plan.Waiting);
        return CommandResult.Object(plan.ToJson()) with
        {
            Plain = plan.Changes.Count switch
            {
                0 => "nothing differs",
                1 => $"{deed} 1 change:\n{plan.ToText()}",
                var count => $"{deed} {count} changes:\n{plan.ToText()}",
            },
            ExitCode = exitCode,
        };
    }

    private static Option<string> Folder(string description)
    {
        var option = Flags.Required("--file", "DIR", description);
        option.Aliases.Add("-f");
        return option;
    }

    private static Option<bool> Prune() =>
        new("--prune") { Description = "archive resources that no file declares, except certificate authorities" };
}
