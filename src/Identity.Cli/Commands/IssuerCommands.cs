using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class IssuerCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "issuer",
            "federation issuers: identity providers whose tokens may be exchanged",
            Add(verbs),
            List(verbs),
            CommonVerbs.Show(verbs, Noun.Issuer),
            Update(verbs),
            IssuerKeyCommands.Verify(verbs),
            IssuerKeyCommands.Kill(verbs),
            IssuerKeyCommands.Resume(verbs),
            IssuerSignalCommands.Create(verbs),
            IssuerScimCommands.Create(verbs),
            CommonVerbs.Archive(verbs, Noun.Issuer, "its tokens are exchanged no more")
        );

    private static Command Add(VerbFactory verbs)
    {
        var name = Flags.Name();
        var flags = new IssuerFlags(creating: true);
        return verbs.Create(
            "create",
            "trust an identity provider; the global --url and --ca-file go before the word issuer",
            async (context, cancel) =>
            {
                var body = new JsonObject { ["name"] = context.Get(name) };
                await flags.AddToAsync(body, context, cancel);
                body["jwks"] ??= new JsonObject { ["type"] = "discovery" };
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(await client.PostAsync(Noun.Issuer.Path, body, cancel));
            },
            [name, .. flags.All]
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list issuers, newest first",
            (context, cancel) =>
                flags.RunAsync(
                    context,
                    Noun.Issuer.Path,
                    new Query(),
                    [
                        new("ID", "id", Fit.Whole),
                        new("NAME", "name", Fit.Whole),
                        new("ISSUER", "issuer_url"),
                        new("KEYS", "jwks.type"),
                        new("REPLAY", "replay_mode"),
                        new("KEY STATE", "poll_status.key_state", Fit.Whole),
                        new("PAUSED", "jwks_polling_disabled_at", Fit.Whole),
                        new("ARCHIVED", "archived_at", Fit.Whole),
                    ],
                    cancel
                ),
            flags.Options
        );
    }

    private static Command Update(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Issuer);
        var newName = Flags.Text("--name", "NAME", "new name");
        var flags = new IssuerFlags(creating: false);
        return verbs.Create(
            "update",
            "change an issuer; its key source is replaced as a whole",
            async (context, cancel) =>
            {
                var body = new JsonObject();
                if (context.Get(newName) is { } name)
                {
                    body["name"] = name;
                }

                await flags.AddToAsync(body, context, cancel);
                UpdateBody.RequireChange(body);
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Issuer, context.Get(id), cancel);
                return CommandResult.Object(await client.PostAsync(path, body, cancel));
            },
            [id, newName, .. flags.All]
        );
    }
}
