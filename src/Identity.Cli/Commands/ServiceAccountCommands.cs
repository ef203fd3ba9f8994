using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class ServiceAccountCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "service-account",
            "service accounts: the identity that an exchanged token acts as",
            Add(verbs),
            List(verbs),
            CommonVerbs.Show(verbs, Noun.ServiceAccount),
            Update(verbs),
            MembershipCommands.Create(verbs),
            CommonVerbs.Archive(verbs, Noun.ServiceAccount, "no token can act as it any more")
        );

    private static Command Add(VerbFactory verbs)
    {
        var name = Flags.Name();
        var fields = new ResourceFlags("service_account", creating: true);
        var workspaceRole = MembershipCommands.Role(
            "--workspace-role",
            "also make it a member of the workspace of --workspace, or else the default one"
        );
        return verbs.Create(
            "create",
            "create a service account",
            async (context, cancel) =>
            {
                var body = new JsonObject { ["name"] = context.Get(name), ["organization_role"] = "developer" };
                await fields.AddToAsync(body, context, cancel);
                var client = await context.ClientAsync(cancel);
                var workspace = context.Has(workspaceRole) ? await Workspaces.ChosenAsync(context, cancel) : null;
                var created = await client.PostAsync(Noun.ServiceAccount.Path, body, cancel);
                if (workspace is not null)
                {
                    var id = created.Json.Text("id") ?? "";
                    await MembershipCommands.PutAsync(context, id, workspace, context.Get(workspaceRole)!, cancel);
                }

                return CommandResult.Object(created);
            },
            [name, .. fields.All, workspaceRole]
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list service accounts, newest first",
            (context, cancel) =>
                flags.RunAsync(
                    context,
                    Noun.ServiceAccount.Path,
                    new Query(),
                    [
                        new("ID", "id", Fit.Whole),
                        new("NAME", "name", Fit.Whole),
                        new("ROLE", "organization_role", Fit.Whole),
                        new("CREATED", "created_at"),
                        new("ARCHIVED", "archived_at", Fit.Whole),
                    ],
                    cancel
                ),
            flags.Options
        );
    }

    private static Command Update(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.ServiceAccount);
        var fields = new ResourceFlags("service_account", creating: false);
        return verbs.Create(
            "update",
            "change a service account; its name never changes",
            async (context, cancel) =>
            {
                var body = new JsonObject();
                await fields.AddToAsync(body, context, cancel);
                UpdateBody.RequireChange(body);
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.ServiceAccount, context.Get(id), cancel);
                return CommandResult.Object(await client.PostAsync(path, body, cancel));
            },
            [id, .. fields.All]
        );
    }
}
