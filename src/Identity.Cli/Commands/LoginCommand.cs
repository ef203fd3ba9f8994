using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;
using Culvert.Identity.Cli.SignIn;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert login</c>: further commands use a token of the identity provider instead of a key.</summary>
internal static class LoginCommand
{
    public static Command Create(VerbFactory verbs)
    {
        var federated = new Option<bool>("--federated")
        {
            Description = "by a token of an identity provider that a federation rule knows",
        };
        var rule = Flags.Text(
            "--rule",
            "ID",
            "the federation rule (fdrl_…) that grants the permissions; without it a person has the roles of the console"
        );
        var token = Flags.Text(
            "--token-file",
            "FILE",
            "file with the identity provider's token, read again at each exchange"
        );
        var device = new Option<bool>("--device")
        {
            Description = "sign in as a person, who confirms a code in a browser on any device (RFC 8628)",
        };
        var browser = new Option<bool>("--browser")
        {
            Description = "by a person, in a browser on this machine (authorization code with PKCE, RFC 8252)",
        };
        var issuer = Flags.Text("--issuer", "URL", "the identity provider where the person signs in");
        var client = Flags.Text(
            "--client-id",
            "ID",
            "client ID of this program at the provider: a public client with the device grant or the loopback redirect"
        );
        var audience = Flags.Text(
            "--audience",
            "URL",
            "exchange an access token for that audience instead of the id_token, whose audience is the client"
        );
        var scopes = Flags.Text(
            "--scopes",
            "SCOPES",
            "scopes to request from the provider in addition to openid, as in \"profile groups\""
        );
        var issuerCa = Flags.Text(
            "--issuer-ca-file",
            "FILE",
            "the only root certificates accepted for the identity provider"
        );
        var account = Flags.Text("--service-account", "ID", "fail unless the sign-in yields this service account");
        return verbs.Create(
            "login",
            "sign in to the service at --url; the access token is stored in a file in your home directory, bound to a key of this machine",
            async (context, cancel) =>
            {
                context.RefuseDryRun();
                var settings = context.Settings;
                if (new[] { federated, device, browser }.Count(context.Get) != 1)
                {
                    throw Usage("no sign-in method is given", "--federated, --device or --browser");
                }

                if (context.Get(federated) && context.Get(rule) is null)
                {
                    throw Usage("the rule is not named", "--rule");
                }

                // Without a rule the service determines the organization from the person.
                var organization = context.Get(rule) is null ? settings.Organization ?? "" : Organization(settings);
                string file;
                if (context.Get(federated))
                {
                    file = Path.GetFullPath(
                        context.Get(token) ?? throw Usage("the token is not named", "--token-file")
                    );
                }
                else
                {
                    var provider = new SignInProvider
                    {
                        Issuer = ParseIssuer(context.Get(issuer)),
                        ClientId = context.Get(client) ?? throw Usage("the client is not named", "--client-id"),
                        Audience = context.Get(audience),
                        Scopes = context.Get(scopes) ?? "",
                        CaFile = context.Get(issuerCa),
                    };
                    using IPersonSignIn signIn = context.Get(device)
                        ? new DeviceSignIn(provider, settings.Timeout, context.Host)
                        : new BrowserSignIn(provider, settings.Timeout, context.Host);
                    file = SignInStore.WriteToken(settings.Url, await signIn.RunAsync(cancel), context.Host);
                }

                var record = new SignInRecord
                {
                    Url = settings.Url.AbsoluteUri,
                    OrganizationId = organization,
                    RuleId = context.Get(rule) ?? "",
                    ServiceAccountId = context.Get(account) ?? "",
                    WorkspaceId = settings.Workspace ?? "",
                    TokenFile = file,
                    IsDevice = context.Get(device),
                    IsBrowser = context.Get(browser),
                };
                // A sign-in that does not work is not stored.
                try
                {
                    await new SignInCredential(record, settings, context.Host).GetAsync(fresh: true, cancel);
                }
                catch when (record.IsPerson)
                {
                    File.Delete(file);
                    throw;
                }

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
                    Plain = $"signed in at {settings.Url.Authority} {record.Way}; run culvert logout to sign out",
                };
            },
            federated,
            device,
            browser,
            rule,
            token,
            issuer,
            client,
            audience,
            scopes,
            issuerCa,
            account
        );
    }

    private static Uri ParseIssuer(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme == Uri.UriSchemeHttps
        && url.UserInfo.Length == 0
            ? url
            : throw Usage("the identity provider is not named by an https URL", "--issuer");

    private static CommandFailure Usage(string what, string where) =>
        new(ExitCode.Usage, what)
        {
            Where = where,
            Next =
                "culvert login --federated --rule ID --token-file FILE, "
                + "or culvert login --browser or --device --rule ID --issuer URL --client-id ID, or use an admin key without a sign-in",
        };

    private static string Organization(Settings settings) =>
        settings.Organization
        ?? throw new CommandFailure(ExitCode.Usage, "the organization is not known")
        {
            Where = $"--organization and {SettingVariables.Organization} are both empty",
            Next = "give the id of the organization whose rule it is",
        };
}
