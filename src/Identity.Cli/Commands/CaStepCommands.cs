using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary>Verbs of <c>culvert ca</c> that move an authority one step, and the override of a step's condition.</summary>
internal static class CaStepCommands
{
    public static Command[] All(VerbFactory verbs) =>
        [
            Step(verbs, "activate", "let it sign this tunnel's server certificates; the one before it retires", null),
            Step(verbs, "suspend", "pause its issuing; it stays trusted", null),
            Step(verbs, "resume", "resume issuing with a suspended authority", null),
            Step(
                verbs,
                "retire",
                "stop its issuing permanently; it stays trusted until its last certificate has expired",
                "it never issues again"
            ),
            Step(
                verbs,
                "taint",
                "its key is or may be compromised: stop it now, and remove its anchor once a successor is active",
                "reissue all its certificates from another authority; it never issues again"
            ),
            Step(verbs, "delete", "remove one that is not in use; can be restored for 30 days", null),
            Step(verbs, "restore", "restore a deleted authority", null),
            Override(verbs),
            Import(verbs),
        ];

    /// <summary>A consequence that cannot be undone is shown before the operator types the name.</summary>
    private static Command Step(VerbFactory verbs, string verb, string description, string? consequence)
    {
        var id = Flags.Id(Noun.Ca);
        var reason = Flags.Text("--reason", "TEXT", "why; audited");
        var expected = Flags.Text("--expect", "STATE", "do it only in this state");
        var yes = Flags.Yes();
        List<Symbol> symbols = [id, reason, expected];
        if (consequence is not null)
        {
            symbols.Add(yes);
        }

        return verbs.Create(
            verb,
            description,
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Ca, context.Get(id), cancel);
                if (consequence is not null && !context.Get(yes))
                {
                    var name = (await client.GetAsync(path, cancel)).Json.Text("name") ?? context.Get(id);
                    context.Confirm(
                        $"{char.ToUpperInvariant(verb[0])}{verb[1..]} {name}: {consequence}",
                        name,
                        yes: false
                    );
                }

                return CommandResult.Object(
                    await client.PostAsync(
                        $"{path}/{verb}",
                        CreateBody(context.Get(reason), context.Get(expected)),
                        cancel
                    )
                );
            },
            [.. symbols]
        );
    }

    private static Command Override(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Ca);
        var missing = Flags.Many("--missing", "ID", "parties that have not acknowledged, as named in the refusal");
        missing.Required = true;
        missing.AllowMultipleArgumentsPerToken = true;
        var reason = Flags.Required("--reason", "TEXT", "why it is accepted; audited");
        return verbs.Create(
            "override",
            "accept that the named parties are not ready; with two-person approval another person must run the command",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Ca, context.Get(id), cancel);
                var body = new JsonObject
                {
                    ["missing"] = new JsonArray([.. context.Get(missing)!.Select(one => JsonValue.Create(one))]),
                    ["reason"] = context.Get(reason),
                };
                return CommandResult.Object(await client.PostAsync($"{path}/override", body, cancel));
            },
            id,
            missing,
            reason
        );
    }

    private static Command Import(VerbFactory verbs)
    {
        var id = Flags.Id(Noun.Ca);
        var file = Flags.Required("--file", "FILE", "PKCS#12 with exactly one private key");
        var password = Flags.Required("--password-file", "FILE", "its password, in the first line");
        return verbs.Create(
            "import",
            "dangerous: import a private key that was generated elsewhere; copies of it may exist",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Ca, context.Get(id), cancel);
                var body = new JsonObject
                {
                    ["pkcs12"] = Convert.ToBase64String(InFile.ReadBytes(context.Get(file)!)),
                    ["password"] = InFile.ReadText(context.Get(password)!).Split('\n')[0].TrimEnd('\r'),
                };
                return CommandResult.Object(await client.PostAsync($"{path}/pkcs12", body, cancel));
            },
            id,
            file,
            password
        );
    }

    private static JsonObject? CreateBody(string? reason, string? expected)
    {
        if (reason is null && expected is null)
        {
            return null;
        }

        var body = new JsonObject();
        if (reason is not null)
        {
            body["reason"] = reason;
        }

        if (expected is not null)
        {
            body["expected_state"] = expected;
        }

        return body;
    }
}
