using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class MembershipCommands
{
    private const string Prefix = "workspace_";

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group("workspace", "roles of the account in workspaces", List(verbs), Add(verbs), Remove(verbs));

    public static Option<string?> Role(string flag, string description) =>
        Flags.OneOf(flag, description, "user", "restricted_developer", "developer", "admin");

    /// <summary>Creates the membership, or changes its role.</summary>
    public static async Task<ApiAnswer> PutAsync(
        CommandContext context,
        string account,
        string workspace,
        string role,
        CancellationToken cancel
    )
    {
        var client = await context.ClientAsync(cancel);
        return await client.PostAsync(
            GetPath(account),
            new JsonObject { ["workspace_id"] = workspace, ["workspace_role"] = Prefix + role },
            cancel
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.ServiceAccount);
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list the account's workspaces and its roles there",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    GetPath(await context.IdAsync(Noun.ServiceAccount, context.Get(id), cancel)),
                    new Query(),
                    [
                        new("WORKSPACE", "workspace_id", Fit.Whole),
                        new("ROLE", "workspace_role", Fit.Whole),
                        new("IMPLICIT", "implicit", Fit.Whole),
                    ],
                    cancel
                ),
            [id, .. flags.OptionsWithoutArchived]
        );
    }

    private static Command Add(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.ServiceAccount);
        var role = Role(
            "--role",
            "user and restricted_developer use tunnels, developer and admin manage them too (default: user)"
        );
        return verbs.Create(
            "add",
            "give the account a role in the workspace of --workspace or else the default one; replaces its previous role",
            async (context, cancel) =>
            {
                var account = await context.IdAsync(Noun.ServiceAccount, context.Get(id), cancel);
                var workspace = await Workspaces.ChosenAsync(context, cancel);
                return CommandResult.Object(
                    await PutAsync(context, account, workspace, context.Get(role) ?? "user", cancel)
                );
            },
            id,
            role
        );
    }

    private static Command Remove(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.ServiceAccount);
        return verbs.Create(
            "remove",
            "remove the account's role in the workspace of --workspace or else the default one, immediately",
            async (context, cancel) =>
            {
                var account = await context.IdAsync(Noun.ServiceAccount, context.Get(id), cancel);
                var workspace = await Workspaces.ChosenAsync(context, cancel);
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.DeleteAsync($"{GetPath(account)}/{Uri.EscapeDataString(workspace)}", cancel)
                );
            },
            id
        );
    }

    private static string GetPath(string account) => $"{Noun.ServiceAccount.GetPath(account)}/workspaces";
}
