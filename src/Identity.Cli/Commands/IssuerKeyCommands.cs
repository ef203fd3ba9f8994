using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert issuer</c> verbs for an issuer's keys: check their source, revoke, resume fetching.</summary>
internal static class IssuerKeyCommands
{
    public static Command Verify(VerbFactory verbs)
    {
        var id = new Argument<string?>("ID")
        {
            Description =
                "ID or name of the issuer; if omitted, the issuer that the flags describe is tried and not saved",
            Arity = ArgumentArity.ZeroOrOne,
        }.Offering(Noun.Issuer);
        var flags = new IssuerFlags(creating: false);
        return verbs.Create(
            "verify",
            "fetch an issuer's keys as a dry run and show the result; exit code 2 if they would not be accepted",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var answer = context.Get(id) is { } known
                    ? await client.QueryAsync(
                        $"{await context.PathAsync(Noun.Issuer, known, cancel)}/verify",
                        body: null,
                        cancel
                    )
                    : await client.QueryAsync(
                        $"{Noun.Issuer.Path}/verify",
                        await DraftAsync(flags, context, cancel),
                        cancel
                    );
                var isAccepted = answer.Json["accepted"]?.GetValue<bool>() == true;
                return CommandResult.Object(answer) with
                {
                    ExitCode = isAccepted ? ExitCode.Done : ExitCode.CheckFailed,
                };
            },
            [id, .. flags.All]
        );
    }

    public static Command Kill(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Issuer);
        var kid = Flags.Text("--kid", "KID", "every key of that name, and the key that has it now");
        var allKeys = new Option<bool>("--all-keys") { Description = "every key that it publishes now" };
        var wholeIssuer = new Option<bool>("--issuer") { Description = "everything, whatever it publishes" };
        var reason = Flags.Required("--reason", "TEXT", "reason, recorded in the audit");
        var undo = new Option<bool>("--undo")
        {
            Description = "accept again the keys that were killed with the same flags",
        };
        var yes = Flags.Yes();
        return verbs.Create(
            "kill",
            "stop believing keys of an issuer, on every node within a second, until it is undone",
            async (context, cancel) =>
            {
                var body = new JsonObject { ["reason"] = context.Get(reason) };
                if (context.Get(kid) is { } name)
                {
                    body["kid"] = name;
                }

                AddIf(body, "key_set", context.Get(allKeys));
                AddIf(body, "issuer", context.Get(wholeIssuer));
                if (body.Count != 2)
                {
                    throw new CommandFailure(ExitCode.Usage, "no single kill target is given")
                    {
                        Where = "--kid, --all-keys, --issuer",
                        Next = "give exactly one of them",
                    };
                }

                var client = await context.ClientAsync(cancel);
                var found = await context.IdAsync(Noun.Issuer, context.Get(id), cancel);
                var isUndo = context.Get(undo);
                if (!context.Get(yes))
                {
                    var issuer = (await client.GetAsync(Noun.Issuer.GetPath(found), cancel)).Json.Text("name") ?? found;
                    var consequence = isUndo ? "accept its tokens again" : "tokens signed so are exchanged no more";
                    context.Confirm($"Keys of issuer {issuer}: {consequence}", issuer, yes: false);
                }

                var verb = isUndo ? "unkill" : "kill";
                return CommandResult.Object(
                    await client.PostAsync($"{Noun.Issuer.GetPath(found)}/{verb}", body, cancel)
                );
            },
            id,
            kid,
            allKeys,
            wholeIssuer,
            reason,
            undo,
            yes
        );
    }

    public static Command Resume(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Issuer);
        return verbs.Create(
            "resume",
            "resume fetching an issuer's keys after too many failures paused it",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Issuer, context.Get(id), cancel);
                var body = new JsonObject { ["jwks_polling_disabled"] = false };
                return CommandResult.Object(await client.PostAsync(path, body, cancel));
            },
            id
        );
    }

    private static async Task<JsonObject> DraftAsync(
        IssuerFlags flags,
        CommandContext context,
        CancellationToken cancel
    )
    {
        var body = new JsonObject { ["name"] = "draft" };
        await flags.AddToAsync(body, context, cancel);
        if (body["issuer_url"] is null)
        {
            throw new CommandFailure(ExitCode.Usage, "nothing to verify")
            {
                Where = "ID or --url",
                Next = "name an issuer, or describe one by --url and the other flags of create",
            };
        }

        return body;
    }

    private static void AddIf(JsonObject body, string member, bool value)
    {
        if (value)
        {
            body[member] = true;
        }
    }
}
