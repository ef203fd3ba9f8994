using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class WorkspaceCommands
{
    public static Command Create(VerbFactory verbs)
    {
        var flags = new ListFlags();
        return VerbFactory.Group(
            "workspace",
            "workspaces of the organization",
            Add(verbs),
            CommonVerbs.Show(verbs, Noun.Workspace),
            verbs.Create(
                "list",
                "list workspaces",
                (context, cancel) =>
                    flags.RunAsync(
                        context,
                        Noun.Workspace.Path,
                        new Query(),
                        [
                            new("ID", "id", Fit.Whole),
                            new("NAME", "name", Fit.Whole),
                            new("DEFAULT", "is_default", Fit.Whole),
                        ],
                        cancel
                    ),
                flags.OptionsWithoutArchived
            )
        );
    }

    private static Command Add(VerbFactory verbs)
    {
        var name = Flags.Name();
        return verbs.Create(
            "create",
            "create a workspace: tunnels, rules and memberships of its own",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var body = new JsonObject { ["name"] = context.Get(name) };
                return CommandResult.Object(await client.PostAsync(Noun.Workspace.Path, body, cancel));
            },
            name
        );
    }
}
