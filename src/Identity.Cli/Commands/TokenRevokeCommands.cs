using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert token revoke</c>: one token by its holder (RFC 7009), or many by an administrator.</summary>
internal static class TokenRevokeCommands
{
    private const string Path = "v1/oauth/revocations";

    private static readonly Column[] Columns =
    [
        new("ID", "id", Fit.Whole),
        new("KIND", "kind", Fit.Whole),
        new("VALUE", "value", Fit.Wrap),
        new("ISSUED BEFORE", "issued_before"),
        new("REASON", "reason"),
        new("CREATED", "created_at"),
        new("EXPIRES", "ends_at"),
    ];

    public static Command Revoke(VerbFactory verbs)
    {
        var file = TokenFile.Option();
        var token = Flags.Text("--id", "JTI", "the token of this id");
        var family = Flags.Text("--family", "FAMILY", "all that go back to one assertion");
        var rule = Flags.Text("--rule", "ID", "all that this rule granted").Offering(Noun.Rule);
        var version = new Option<int?>("--version") { Description = "of that rule, this version only", HelpName = "N" };
        var account = Flags
            .Text("--service-account", "ID", "all of this service account")
            .Offering(Noun.ServiceAccount);
        var issuer = Flags.Text("--issuer", "ID", "all that go back to this issuer").Offering(Noun.Issuer);
        var subject = Flags.Text("--subject", "SUB", "of that issuer, this subject only");
        var everything = new Option<bool>("--all") { Description = "all of the organization" };
        var before = Flags.Text(
            "--before",
            "TIME",
            "issued until this time (RFC 3339), alone or with the other filters (default: now)"
        );
        var reason = Flags.Text("--reason", "TEXT", "why, for the audit");
        return verbs.Create(
            "revoke",
            "revoke tokens on every node within seconds: the one given with --file or on standard input, or all "
                + "that the other flags name; machines that enrolled by them must enrol again",
            async (context, cancel) =>
            {
                var body = new JsonObject();
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
                if (CheckTime(context.Get(before)) is { } time)
                {
                    body.TryAdd("kind", "issued_before");
                    body["issued_before"] = time;
                }

                if (!body.ContainsKey("kind"))
                {
                    return context.Get(reason) is null
                        ? await OneAsync(context, context.Get(file), cancel)
                        : throw Usage("--reason is only for revocations by an administrator");
                }

                if (context.Get(file) is not null)
                {
                    throw Usage("--file names one token; do not combine it with other targets");
                }

                Add(body, "reason", context.Get(reason));
                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(await client.PostAsync(Path, body, cancel));

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
            },
            file,
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

    public static Command List(VerbFactory verbs)
    {
        var flags = new ListFlags();
        return verbs.Create(
            "revocations",
            "list the revocations that are still in force, newest first",
            (context, cancel) => flags.RunAsync(context, Path, new Query(), Columns, cancel),
            flags.OptionsWithoutArchived
        );
    }

    private static async Task<CommandResult> OneAsync(CommandContext context, string? file, CancellationToken cancel)
    {
        var token = await TokenFile.ReadAsync(context, file, cancel);
        var client = await context.ClientAsync(cancel);
        await client.RevokeAsync(token, cancel);
        // The answer does not reveal whether it was a token (RFC 7009 §2.2).
        context.Note("the token is revoked");
        return CommandResult.Object(new JsonObject { ["type"] = "token", ["revoked"] = true });
    }

    private static void Narrow(
        JsonObject body,
        string from,
        string to,
        string member,
        JsonNode? value,
        string otherwise
    )
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
        body[member] = value;
    }

    private static void Add(JsonObject body, string member, string? value)
    {
        if (value is not null)
        {
            body[member] = value;
        }
    }

    private static string? CheckTime(string? text) =>
        text is null
        || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _)
            ? text
            : throw Usage($"{text} is not a time such as 2026-01-01T00:00:00Z");

    private static CommandFailure Usage(string message) =>
        new(ExitCode.Usage, message)
        {
            Where = "culvert token revoke",
            Next =
                "give one token with --file or on standard input, or give one of --id, --family, --rule [--version], --service-account, "
                + "--issuer [--subject], --all, --before",
        };
}
