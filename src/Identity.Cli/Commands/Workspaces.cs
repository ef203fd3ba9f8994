using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands;

internal static class Workspaces
{
    /// <summary>The workspace of <c>--workspace</c>, else the organization's default, which is printed.</summary>
    public static async Task<string> ChosenAsync(CommandContext context, CancellationToken cancel)
    {
        if (context.Settings.Workspace is { } given)
        {
            return await context.IdAsync(Noun.Workspace, given, cancel);
        }

        var client = await context.ClientAsync(cancel);
        await foreach (var workspace in NameResolver.AllAsync(client, Noun.Workspace.Path, cancel))
        {
            if (workspace["is_default"]?.GetValue<bool>() == true && workspace.Text("id") is { } id)
            {
                context.Note($"in the default workspace {id}");
                return id;
            }
        }

        throw new CommandFailure(ExitCode.Refused, "the organization has no default workspace")
        {
            Where = Noun.Workspace.Path,
            Next = $"give --workspace ({SettingVariables.Workspace})",
        };
    }
}
