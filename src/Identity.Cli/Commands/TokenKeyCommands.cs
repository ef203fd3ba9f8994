using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class TokenKeyCommands
{
    private const string Path = "v1/oauth/signing_keys";

    private static readonly Column[] Columns =
    [
        new("ID", "id", Fit.Whole),
        new("STATE", "state", Fit.Whole),
        new("CUSTODY", "custody"),
        new("CREATED", "created_at"),
        new("SIGNS FROM", "active_from"),
        new("RETIRES", "retires_at"),
    ];

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group("keys", "keys that sign access tokens", List(verbs), Rotate(verbs));

    private static Command List(VerbFactory verbs) =>
        verbs.Create(
            "list",
            "list the published keys, newest first",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                return CommandResult.List(await client.GetAsync(Path, cancel), Columns);
            }
        );

    private static Command Rotate(VerbFactory verbs)
    {
        var compromised = Flags.Text("--compromised", "ID", "drop this key at once: all that it signed is refused");
        var reason = Flags.Text("--reason", "TEXT", "why, for the audit");
        var yes = Flags.Yes();
        return verbs.Create(
            "rotate",
            "publish the next key now; it signs once every cache can know it",
            async (context, cancel) =>
            {
                var body = new JsonObject();
                if (context.Get(compromised) is { } id)
                {
                    context.Confirm(
                        $"Dropping signing key {id}: every token that it signed becomes invalid, machines must enrol again",
                        id,
                        context.Get(yes)
                    );
                    body["compromised_key_id"] = id;
                }

                if (context.Get(reason) is { } text)
                {
                    body["reason"] = text;
                }

                var client = await context.ClientAsync(cancel);
                return CommandResult.List(await client.PostAsync($"{Path}/rotate", body, cancel), Columns);
            },
            compromised,
            reason,
            yes
        );
    }
}
