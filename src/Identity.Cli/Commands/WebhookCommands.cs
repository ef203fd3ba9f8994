using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class WebhookCommands
{
    private const string Path = "v1/webhooks";

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "webhook",
            "signed messages about calls to approve, certificates that expire soon and more (Standard Webhooks)",
            Register(verbs),
            List(verbs),
            One(verbs, "show", "print one webhook", id => $"{Path}/{id}", post: false),
            One(verbs, "test", "send it a test message", id => $"{Path}/{id}/test", post: true),
            One(
                verbs,
                "archive",
                "stop sending messages; its secret is deleted",
                id => $"{Path}/{id}/archive",
                post: true
            ),
            Deliveries(verbs)
        );

    private static Command Register(VerbFactory verbs)
    {
        var url = new Argument<string>("URL") { Description = "https URL of the receiver" };
        var allow = Flags.Many("--allow", "CIDR:PORT", "a private address that it may resolve to");
        var ca = Flags.Text("--ca-file", "FILE", "PEM: the only roots that vouch for the receiver");
        var canDecide = new Option<bool>("--can-decide")
        {
            Description = "let signed messages of the receiver approve and reject calls",
        };
        var format = Flags.OneOf(
            "--format",
            "messages, or withdrawals of access as tokens of RFC 8417 (default: standard)",
            "standard",
            "security_event_token"
        );
        var audience = Flags.Text("--audience", "AUDIENCE", "the aud of its security event tokens");
        var secretFile = Flags.Out("the signing secret (mode 0600)");
        return verbs.Create(
            "create",
            "register a receiver; its signing secret is shown this once",
            async (context, cancel) =>
            {
                var body = new JsonObject { ["url"] = context.Get(url) };
                if (context.Get(allow) is { Length: > 0 } targets)
                {
                    body["allowed_targets"] = new JsonArray([.. targets.Select(target => (JsonNode)target)]);
                }

                if (context.Get(ca) is { } file)
                {
                    body["ca_certificate_pem"] = InFile.ReadText(file);
                }

                if (context.Get(canDecide))
                {
                    body["can_decide"] = true;
                }

                if (context.Get(format) is { } wanted)
                {
                    body["format"] = wanted;
                }

                if (context.Get(audience) is { } aud)
                {
                    body["audience"] = aud;
                }

                var client = await context.ClientAsync(cancel);
                var answer = await client.PostAsync(Path, body, cancel);
                if (context.Get(secretFile) is not { } path || answer.Json.Text("secret") is not { } secret)
                {
                    return CommandResult.Object(answer);
                }

                OutFile.WriteSecret(path, secret);
                answer.Json.Remove("secret");
                return CommandResult.Object(answer.Json);
            },
            url,
            allow,
            ca,
            canDecide,
            format,
            audience,
            secretFile
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list webhooks, newest first",
            (context, cancel) =>
                flags.RunAsync(
                    context,
                    Path,
                    new Query(),
                    [
                        new("ID", "id", Fit.Whole),
                        new("URL", "url"),
                        new("FORMAT", "format", Fit.Whole),
                        new("CAN DECIDE", "can_decide", Fit.Whole),
                        new("CREATED", "created_at"),
                        new("ARCHIVED", "archived_at", Fit.Whole),
                    ],
                    cancel
                ),
            flags.Options
        );
    }

    private static Command One(VerbFactory verbs, string name, string what, Func<string, string> path, bool post)
    {
        var id = Id();
        return verbs.Create(
            name,
            what,
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var target = path(Uri.EscapeDataString(context.Get(id)));
                return CommandResult.Object(
                    post ? await client.PostAsync(target, body: null, cancel) : await client.GetAsync(target, cancel)
                );
            },
            id
        );
    }

    private static Argument<string> Id() =>
        new Argument<string>("ID") { Description = "id of the webhook" }.Offering(NameCompletion.FromList(Path), "id");

    private static Command Deliveries(VerbFactory verbs)
    {
        var id = Id();
        return verbs.Create(
            "deliveries",
            "its newest messages and their delivery results",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                return CommandResult.List(
                    await client.GetAsync($"{Path}/{Uri.EscapeDataString(context.Get(id))}/deliveries", cancel),
                    new Column("ID", "id", Fit.Whole),
                    new Column("EVENT", "event", Fit.Whole),
                    new Column("STATE", "state", Fit.Whole),
                    new Column("ATTEMPTS", "attempts", Fit.Whole),
                    new Column("NEXT", "next_attempt"),
                    new Column("ERROR", "last_error", Fit.Wrap)
                );
            },
            id
        );
    }
}
