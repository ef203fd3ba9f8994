using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class RuleWorkspaceCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group("workspace", "where the rule grants", List(verbs), Add(verbs), Remove(verbs));

    private static Command List(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Rule);
        return verbs.Create(
            "list",
            "list the workspaces that the rule grants in",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                return CommandResult.List(
                    await client.GetAsync(await PathAsync(context, id, cancel), cancel),
                    new Column("WORKSPACE", "workspace_id", Fit.Whole)
                );
            },
            id
        );
    }

    private static Command Add(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Rule);
        return verbs.Create(
            "add",
            "let the rule grant in the workspace of --workspace or else the default one",
            async (context, cancel) =>
            {
                var path = await PathAsync(context, id, cancel);
                var workspace = await Workspaces.ChosenAsync(context, cancel);
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.PostAsync(path, new JsonObject { ["workspace_id"] = workspace }, cancel)
                );
            },
            id
        );
    }

    private static Command Remove(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Rule);
        return verbs.Create(
            "remove",
            "stop the rule's grants in the workspace of --workspace or else the default one, immediately",
            async (context, cancel) =>
            {
                var path = await PathAsync(context, id, cancel);
                var workspace = await Workspaces.ChosenAsync(context, cancel);
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.DeleteAsync($"{path}/{Uri.EscapeDataString(workspace)}", cancel)
                );
            },
            id
        );
    }

    private static async Task<string> PathAsync(
        CommandContext context,
        Argument<string> id,
        CancellationToken cancel
    ) => $"{await context.PathAsync(Noun.Rule, context.Get(id), cancel)}/workspaces";
}
