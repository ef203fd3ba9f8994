using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert person</c>: people whose access is withdrawn.</summary>
internal static class PersonCommands
{
    private const string Path = "v1/people";

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group("person", "people whose access is withdrawn", OffBoard(verbs), List(verbs));

    private static Command OffBoard(VerbFactory verbs)
    {
        var subject = new Argument<string>("SUBJECT")
        {
            Description = "the person's sub at the identity provider, exactly",
        };
        var issuer = Flags.Text("--issuer", "ID", "the person's identity provider").Offering(Noun.Issuer);
        issuer.Required = true;
        var reason = Flags.Required("--reason", "TEXT", "why, for the audit");
        var before = Flags.Text("--before", "TIME", "tokens issued until this time (RFC 3339; default: now)");
        return verbs.Create(
            "off-board",
            "refuse the person's earlier tokens everywhere within seconds, and end their sessions, admin keys, requests "
                + "for approval and enrolments",
            async (context, cancel) =>
            {
                var body = new JsonObject
                {
                    ["issuer_id"] = await context.IdAsync(Noun.Issuer, context.Get(issuer)!, cancel),
                    ["subject"] = context.Get(subject),
                    ["reason"] = context.Get(reason),
                };
                if (context.Get(before) is { } time)
                {
                    body["issued_before"] = time;
                }

                var client = await context.ClientAsync(cancel);
                return CommandResult.Object(await client.PostAsync($"{Path}/off_board", body, cancel));
            },
            subject,
            issuer,
            reason,
            before
        );
    }

    private static Command List(VerbFactory verbs)
    {
        var flags = new ListFlags();
        return verbs.Create(
            "list",
            "list the people whose earlier tokens are refused, newest first",
            (context, cancel) =>
                flags.RunAsync(
                    context,
                    $"{Path}/off_boarded",
                    new Query(),
                    [
                        new("ISSUER", "issuer_id", Fit.Whole),
                        new("SUBJECT HASH", "subject_hash", Fit.Whole),
                        new("ISSUED BEFORE", "issued_before"),
                        new("REASON", "reason"),
                        new("CREATED", "created_at"),
                        new("EXPIRES", "ends_at"),
                    ],
                    cancel
                ),
            flags.OptionsWithoutArchived
        );
    }
}
