using System.CommandLine;
using Culvert.Identity.Cli.Api;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert workspace</c>.</summary>
internal static class WorkspaceCommands
{
    public static Command Create(VerbFactory verbs)
    {
        var flags = new ListFlags();
        return VerbFactory.Group(
            "workspace",
            "workspaces of the organization",
            verbs.Create(
                "list",
                "list workspaces",
                (context, cancel) =>
                    flags.RunAsync(
                        context,
                        Noun.Workspace.Path,
                        new Query(),
                        [new("ID", "id"), new("NAME", "name"), new("DEFAULT", "is_default")],
                        cancel
                    ),
                flags.OptionsWithoutArchived
            )
        );
    }
}
