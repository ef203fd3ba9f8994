using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert relying-party</c>: parties that verify a tunnel's certificates and report their bundle.</summary>
internal static class RelyingPartyCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "relying-party",
            "consumers that must acknowledge before a tunnel's certificate authority is switched",
            Add(verbs),
            List(verbs),
            Archive(verbs),
            Acknowledge(verbs)
        );

    private static Command Add(VerbFactory verbs)
    {
        var name = Flags.Name();
        var tunnel = Tunnel();
        var account = Flags
            .Text(
                "--service-account",
                "ID",
                "service account whose access tokens (bundle:read) can also acknowledge for it"
            )
            .Offering(Noun.ServiceAccount);
        var file = Flags.Text("--out", "FILE", "write its credential to this file (mode 0600) instead of printing it");
        var command = verbs.Create(
            "create",
            "register one; its credential is shown this once",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var body = new JsonObject { ["name"] = context.Get(name) };
                if (context.Get(account) is { } speaks)
                {
                    body["service_account_id"] = await context.IdAsync(Noun.ServiceAccount, speaks, cancel);
                }

                var created = (await client.PostAsync(await PathAsync(context, tunnel, cancel), body, cancel)).Json;
                if (context.Get(file) is { } path)
                {
                    OutFile.WriteSecret(path, created.Text("credential") ?? "");
                    created.Remove("credential");
                }

                return CommandResult.Object(created);
            },
            name,
            tunnel,
            account,
            file
        );
        command.Aliases.Add("add");
        return command;
    }

    private static Command List(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var archived = new Option<bool>("--include-archived") { Description = "archived ones too" };
        return verbs.Create(
            "list",
            "list the relying parties of a tunnel, with the epoch that each holds",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var query = new Query().Add("include_archived", context.Get(archived) ? "true" : null);
                return CommandResult.List(
                    await client.GetAsync(query.On(await PathAsync(context, tunnel, cancel)), cancel),
                    new("ID", "id", Fit.Whole),
                    new("NAME", "name", Fit.Whole),
                    new("SERVED", "served_epoch"),
                    new("HOLDS", "acknowledged_epoch", Fit.Whole),
                    new("REPORTED BY", "acknowledged_by"),
                    new("LAST CONTACT", "last_heard_at"),
                    new("ARCHIVED", "archived_at", Fit.Whole)
                );
            },
            tunnel,
            archived
        );
    }

    private static Command Archive(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var id = Party(tunnel);
        var yes = Flags.Yes();
        var command = verbs.Create(
            "archive",
            "switches no longer wait for it, and its credential is revoked",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await PathAsync(context, tunnel, cancel);
                var found = await FindAsync(client, path, context.Get(id), cancel);
                var name = found.Text("name") ?? context.Get(id);
                context.Confirm($"Archiving relying party {name}", name, context.Get(yes));
                return CommandResult.Object(
                    await client.PostAsync($"{path}/{found.Text("id")}/archive", body: null, cancel)
                );
            },
            id,
            tunnel,
            yes
        );
        command.Aliases.Add("remove");
        return command;
    }

    private static Command Acknowledge(VerbFactory verbs)
    {
        var tunnel = Tunnel();
        var id = Party(tunnel);
        var epoch = new Option<long>("--epoch")
        {
            Description = "the epoch of the trust bundle that was installed",
            HelpName = "N",
            Required = true,
        };
        return verbs.Create(
            "acknowledge",
            "record the trust bundle epoch of a party that cannot poll",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await PathAsync(context, tunnel, cancel);
                var found = await FindAsync(client, path, context.Get(id), cancel);
                var body = new JsonObject { ["epoch"] = context.Get(epoch) };
                return CommandResult.Object(
                    await client.PostAsync($"{path}/{found.Text("id")}/acknowledge", body, cancel)
                );
            },
            id,
            tunnel,
            epoch
        );
    }

    private static Option<string> Tunnel() =>
        Flags.Required("--tunnel", "TUNNEL", "id or name of the tunnel").Offering(Noun.Tunnel);

    private static Argument<string> Party(Option<string> tunnel) =>
        new Argument<string>("NAME") { Description = "id (rp_…) or name of the relying party" }.Offering(
            NameCompletion.FromPartsOfTunnel(
                "relying_parties",
                context => context.Has(tunnel) ? context.Get(tunnel) : null
            ),
            "name"
        );

    private static async Task<string> PathAsync(
        CommandContext context,
        Option<string> tunnel,
        CancellationToken cancel
    ) => $"{await context.PathAsync(Noun.Tunnel, context.Get(tunnel)!, cancel)}/relying_parties";

    private static async Task<JsonObject> FindAsync(
        ManagementClient client,
        string path,
        string nameOrId,
        CancellationToken cancel
    ) =>
        (await client.GetAsync(path, cancel))
            .Json.Data()
            .OfType<JsonObject>()
            .FirstOrDefault(party => party.Text("id") == nameOrId || party.Text("name") == nameOrId)
        ?? throw new CommandFailure(ExitCode.Refused, $"the tunnel has no relying party '{nameOrId}'")
        {
            Where = path,
            Next = "culvert relying-party list --tunnel TUNNEL",
        };
}
