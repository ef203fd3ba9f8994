using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert revocation</c>: tokens that end before their time, many at once.</summary>
internal static class RevocationCommands
{
    private const string Path = "v1/oauth/revocations";

    private static readonly Column[] Columns =
    [
        new("ID", "id"),
        new("KIND", "kind"),
        new("VALUE", "value"),
        new("ISSUED BEFORE", "issued_before"),
        new("REASON", "reason"),
        new("CREATED", "created_at"),
        new("ENDS", "ends_at"),
    ];

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "revocation",
            "end tokens by what they have in common, on every node within seconds",
            Add(verbs),
            List(verbs)
        );

    private static Command Add(VerbFactory verbs)
    {
        var token = Flags.Text("--token-id", "JTI", "this one token");
        var family = Flags.Text("--family", "FAMILY", "all that go back to one assertion");
        var rule = Flags.Text("--rule", "ID", "all that this rule granted");
        var version = new Option<int?>("--version") { Description = "of that rule, this version only", HelpName = "N" };
        var account = Flags.Text("--service-account", "ID", "all of this service account");
        var issuer = Flags.Text("--issuer", "ID", "all that go back to this issuer");
        var subject = Flags.Text("--subject", "SUB", "of that issuer, this subject only");
        var everything = new Option<bool>("--all") { Description = "all of the organization" };
        var before = Flags.Text("--issued-before", "TIME", "issued by then (RFC 3339); now without it");
        var reason = Flags.Text("--reason", "TEXT", "why, for the audit");
        return verbs.Create(
            "create",
            "revoke tokens; machines that enrolled by them must enrol again",
            async (context, cancel) =>
            {
                var body = new JsonObject();
                async Task NameAsync(string kind, string member, string? value, Noun? noun = null)
                {
                    if (value is null)
                    {
                        return;
                    }

                    if (body.ContainsKey("kind"))
                    {
                        throw Usage("one thing at a time: several were named");
                    }

                    body["kind"] = kind;
                    body[member] = noun is null ? value : await context.IdAsync(noun, value, cancel);
                }

                await NameAsync("token", "token_id", context.Get(token));
                await NameAsync("family", "family", context.Get(family));
                await NameAsync("rule", "rule_id", context.Get(rule), Noun.Rule);
                await NameAsync("principal", "service_account_id", context.Get(account), Noun.ServiceAccount);
                await NameAsync("issuer", "issuer_id", context.Get(issuer), Noun.Issuer);
                if (context.Get(everything))
                {
                    await NameAsync("issued_before", "kind", "issued_before");
                }

                Narrow(body, "rule", "rule_version", "rule_version", context.Get(version), "--version needs --rule");
                Narrow(body, "issuer", "subject", "subject", context.Get(subject), "--subject needs --issuer");
                if (!body.ContainsKey("kind"))
                {
                    throw Usage("nothing to revoke was named");
                }

                Add(body, "issued_before", TimeOf(context.Get(before)));
                Add(body, "reason", context.Get(reason));
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(await client.PostAsync(Path, body, cancel));
            },
            token,
            family,
            rule,
            version,
            account,
            issuer,
            subject,
            everything,
            before,
            reason
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list revocations that still matter, newest first",
            (context, cancel) => flags.RunAsync(context, Path, new Query(), Columns, cancel),
            flags.OptionsWithoutArchived
        );
    }

    private static void Narrow<T>(JsonObject body, string from, string to, string member, T? value, string otherwise)
    {
        if (value is null)
        {
            return;
        }

        if ((string?)body["kind"] != from)
        {
            throw Usage(otherwise);
        }

        body["kind"] = to;
        body[member] = JsonValue.Create(value);
    }

    private static void Add(JsonObject body, string member, string? value)
    {
        if (value is not null)
        {
            body[member] = value;
        }
    }

    private static string? TimeOf(string? text) =>
        text is null
        || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)
            ? text
            : throw Usage($"{text} is not a time such as 2026-01-01T00:00:00Z");

    private static CommandFailure Usage(string message) =>
        new(ExitCode.Usage, message)
        {
            Where = "culvert revocation create",
            Next =
                "say one of --token-id, --family, --rule [--version], --service-account, --issuer [--subject], --all",
        };
}
