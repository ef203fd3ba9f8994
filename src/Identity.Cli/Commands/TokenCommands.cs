using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;
using Culvert.Identity.Cli.Tokens;

namespace Culvert.Identity.Cli.Commands;

internal static class TokenCommands
{
    private static readonly Column[] Columns =
    [
        new("ID", "id", Fit.Whole),
        new("STATUS", "status", Fit.Whole),
        new("RULE", "federation_rule_id"),
        new("WORKSPACE", "workspace_id"),
        new("SCOPE", "scope"),
        new("ISSUED", "issued_at"),
        new("EXPIRES", "expires_at"),
    ];

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "token",
            "access tokens of workloads and machines, and the keys that sign them",
            List(verbs),
            Introspect(verbs),
            Inspect(verbs),
            TokenRevokeCommands.Revoke(verbs),
            TokenRevokeCommands.List(verbs),
            TokenKeyCommands.Create(verbs)
        );

    private static Command List(VerbFactory verbs)
    {
        var account = Flags
            .Required("--service-account", "ID", "id or name of the service account")
            .Offering(Noun.ServiceAccount);
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list the unexpired tokens of a service account, newest first",
            async (context, cancel) =>
                await flags.RunAsync(
                    context,
                    "v1/tokens",
                    new Query().Add(
                        "principal",
                        await context.IdAsync(Noun.ServiceAccount, context.Get(account)!, cancel)
                    ),
                    Columns,
                    cancel
                ),
            [account, .. flags.OptionsWithoutArchived]
        );
    }

    private static Command Introspect(VerbFactory verbs)
    {
        var file = TokenFile.Option();
        return verbs.Create(
            "introspect",
            "show what a token grants; exit code 2 if it is not valid",
            async (context, cancel) =>
            {
                var token = await TokenFile.ReadAsync(context, context.Get(file), cancel);
                var client = await context.ClientAsync(cancel);
                var answer = await client.IntrospectAsync(token, cancel);
                return CommandResult.Object(answer) with
                {
                    ExitCode = answer.Json["active"]?.GetValue<bool>() == true ? ExitCode.Done : ExitCode.CheckFailed,
                };
            },
            file
        );
    }

    private static Command Inspect(VerbFactory verbs)
    {
        var file = TokenFile.Option();
        return verbs.Create(
            "inspect",
            "decode a token locally and show errors in it; exit code 2 if it has any",
            async (context, cancel) =>
            {
                var token = await TokenFile.ReadAsync(context, context.Get(file), cancel);
                var inspection = TokenInspection.Inspect(token, context.Host.Time.GetUtcNow());
                return CommandResult.Object(inspection) with
                {
                    Plain = InspectionText.Format(inspection),
                    ExitCode = inspection["problems"] is JsonArray { Count: > 0 }
                        ? ExitCode.CheckFailed
                        : ExitCode.Done,
                };
            },
            file
        );
    }
}
