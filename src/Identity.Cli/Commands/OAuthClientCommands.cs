using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert oauth-client</c>: programs with which people sign in to routes.</summary>
internal static class OAuthClientCommands
{
    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "oauth-client",
            "programs with which people sign in to routes; a client's id is its client_id",
            Add(verbs),
            List(verbs),
            CommonVerbs.Show(verbs, Noun.OAuthClient),
            Update(verbs),
            CommonVerbs.Archive(
                verbs,
                Noun.OAuthClient,
                "it gets no more tokens, and its client_id is never used again"
            )
        );

    private static Command Add(VerbFactory verbs)
    {
        var name = new Argument<string>("NAME") { Description = "what people see when they consent" };
        var fields = new ResourceFlags("oauth_client", creating: true);
        return verbs.Create(
            "create",
            "register a client; it has no secret",
            async (context, cancel) =>
            {
                var body = new JsonObject { ["name"] = context.Get(name) };
                await fields.AddToAsync(body, context, cancel);
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(await client.PostAsync(Noun.OAuthClient.Path, body, cancel));
            },
            [name, .. fields.All]
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var registrar = Flags.OneOf(
            "--registered-by",
            "who registered them (default: administrator); client: they registered themselves",
            "administrator",
            "client"
        );
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list registered clients, newest first",
            (context, cancel) =>
                flags.RunAsync(
                    context,
                    Noun.OAuthClient.Path,
                    new Query().Add("registered_by", context.Get(registrar)),
                    [
                        new("ID", "id", Fit.Whole),
                        new("NAME", "name"),
                        new("REDIRECT URIS", "redirect_uris"),
                        new("DPOP", "require_dpop", Fit.Whole),
                        new("CREATED", "created_at"),
                        new("LAST SIGN-IN", "last_sign_in_at"),
                        new("ARCHIVED", "archived_at", Fit.Whole),
                    ],
                    cancel
                ),
            [registrar, .. flags.Options]
        );
    }

    private static Command Update(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.OAuthClient);
        var fields = new ResourceFlags("oauth_client", creating: false);
        return verbs.Create(
            "update",
            "change a client; its name never changes",
            async (context, cancel) =>
            {
                var body = new JsonObject();
                await fields.AddToAsync(body, context, cancel);
                UpdateBody.RequireChange(body);
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.OAuthClient, context.Get(id), cancel);
                return CommandResult.Object(await client.PostAsync(path, body, cancel));
            },
            [id, .. fields.All]
        );
    }
}
