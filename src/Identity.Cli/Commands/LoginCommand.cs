using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Output;
using Culvert.Identity.Cli.SignIn;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert login</c>: from now on commands act with a token of the identity provider instead of a key.</summary>
internal static class LoginCommand
{
    public static Command Create(VerbFactory verbs)
    {
        var federated = new Option<bool>("--federated")
        {
            Description = "by a token of an identity provider that a federation rule knows",
        };
        var rule = Flags.Required("--rule", "ID", "the federation rule (fdrl_…) that says what may be done");
        var token = Flags.Required("--token-file", "FILE", "the identity provider's token, read anew at each exchange");
        var account = Flags.Text("--service-account", "ID", "refuse to be anybody but that service account");
        return verbs.Create(
            "login",
            "sign in at the service of --url; the access token is kept in a file of yours, bound to a key of this machine",
            async (context, cancel) =>
            {
                context.RefuseDryRun();
                var settings = context.Settings;
                if (!context.Get(federated))
                {
                    throw new CommandFailure(ExitCode.Usage, "how to sign in is not said")
                    {
                        Where = "--federated",
                        Next =
                            "culvert login --federated --rule ID --token-file FILE, or use an admin key without a sign-in",
                    };
                }

                var record = new SignInRecord
                {
                    Url = settings.Url.AbsoluteUri,
                    OrganizationId = Organization(settings),
                    RuleId = context.Get(rule)!,
                    ServiceAccountId = context.Get(account) ?? "",
                    WorkspaceId = settings.Workspace ?? "",
                    TokenFile = Path.GetFullPath(context.Get(token)!),
                };
                // Nothing is kept of a sign-in that does not work.
                await new SignInCredential(record, settings, context.Host).GetAsync(fresh: true, cancel);
                SignInStore.Write(settings.Url, record, context.Host);
                return CommandResult.Object(
                    new JsonObject
                    {
                        ["url"] = settings.Url.ToString().TrimEnd('/'),
                        ["organization_id"] = record.OrganizationId,
                        ["rule_id"] = record.RuleId,
                        ["signed_in"] = true,
                    }
                ) with
                {
                    Plain = $"signed in at {settings.Url.Authority} by rule {record.RuleId}; culvert logout ends it",
                };
            },
            federated,
            rule,
            token,
            account
        );
    }

    private static string Organization(Settings settings) =>
        settings.Organization
        ?? throw new CommandFailure(ExitCode.Usage, "the organization is not known")
        {
            Where = $"--organization and {GlobalOptions.OrganizationVariable} are both empty",
            Next = "give the id of the organization whose rule it is",
        };
}
