using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert organization</c>. A key acts for exactly one; the installation's key manages them.</summary>
internal static class OrganizationCommands
{
    private const string Path = "v1/organizations";

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "organization",
            "the organizations of the installation",
            Make(verbs),
            verbs.Create("show", "print the one that the key acts for", ShowAsync),
            verbs.Create("list", "list the organizations that the key may see", ListAsync, ListFlags.OfWhole()),
            Archive(verbs)
        );

    public static async Task<JsonObject> FindAsync(CommandContext context, string nameOrId, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        var found = (await client.GetAsync(Path, cancel))
            .Json.Data()
            .OfType<JsonObject>()
            .Where(one => one.Text("id") == nameOrId || one.Text("name") == nameOrId)
            .OrderBy(one => one["archived_at"] is not null)
            .FirstOrDefault();
        return found
            ?? throw new CommandFailure(ExitCode.Refused, $"there is no organization {nameOrId}")
            {
                Next = "culvert organization list",
            };
    }

    private static Command Make(VerbFactory verbs)
    {
        var name = Flags.Name();
        return verbs.Create(
            "create",
            "create an organization with its default workspace (installation-operator)",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var body = new JsonObject { ["name"] = context.Get(name) };
                var made = await client.PostAsync(Path, body, cancel);
                context.Note(
                    $"its first key: culvert admin-key create NAME --role security-admin --organization {made.Json.Text("id")} --out FILE"
                );
                return CommandResult.Object(made);
            },
            name
        );
    }

    private static Command Archive(VerbFactory verbs)
    {
        var id = new Argument<string>("ORGANIZATION") { Description = "id, or name" };
        var yes = Flags.Yes();
        return verbs.Create(
            "archive",
            "revoke all keys, sessions and tokens of an organization without tunnels and rules (installation-operator)",
            async (context, cancel) =>
            {
                var organization = await FindAsync(context, context.Get(id)!, cancel);
                var name = organization.Text("name") ?? context.Get(id)!;
                context.Confirm($"Archiving the organization {name} revokes its keys", name, context.Get(yes));
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(
                    await client.PostAsync($"{Path}/{organization.Text("id")}/archive", body: null, cancel)
                );
            },
            id,
            yes
        );
    }

    private static async Task<CommandResult> ShowAsync(CommandContext context, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        return CommandResult.Object(await client.GetAsync(ManagementClient.OrganizationPath, cancel));
    }

    private static async Task<CommandResult> ListAsync(CommandContext context, CancellationToken cancel)
    {
        var client = await context.ClientAsync(cancel);
        return CommandResult.List(
            await client.GetAsync(Path, cancel),
            new("ID", "id", Fit.Whole),
            new("NAME", "name", Fit.Whole),
            new("CREATED", "created_at"),
            new Column("ARCHIVED", "archived_at", Fit.Whole)
        );
    }
}
