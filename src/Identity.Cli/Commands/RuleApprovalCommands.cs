using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary>The second person's decision about a rule for people.</summary>
internal static class RuleApprovalCommands
{
    public static Command Approve(VerbFactory verbs) =>
        Decide(verbs, "approve", "enforce a version that another person wrote and that awaits approval");

    public static Command Reject(VerbFactory verbs) =>
        Decide(verbs, "reject", "return from a version that awaits approval to the one in force, or to a draft");

    /// <summary>After a rule was saved: says that it waits, and what to do.</summary>
    public static void Show(CommandContext context, ApiAnswer saved)
    {
        if (saved.Json["awaits_approval"] is not null)
        {
            context.Note(
                $"version {saved.Json["version"]} waits for a second person: culvert rule approve {saved.Json.Text("name")}"
            );
        }
    }

    private static Command Decide(VerbFactory verbs, string verb, string description)
    {
        var id = Flags.Id(Noun.Rule);
        var reason = Flags.Text("--reason", "TEXT", "why, for the audit");
        var seen = new Option<int?>("--version")
        {
            Description = "the version that you have read; if it is left out, the newest one",
            HelpName = "N",
        };
        return verbs.Create(
            verb,
            description,
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var path = await context.PathAsync(Noun.Rule, context.Get(id), cancel);
                var version = context.Get(seen) ?? (int?)(await client.GetAsync(path, cancel)).Json["version"];
                var body = new JsonObject { ["version"] = version };
                if (context.Get(reason) is { } text)
                {
                    body["reason"] = text;
                }

                return CommandResult.Object(await client.PostAsync($"{path}/{verb}", body, cancel));
            },
            id,
            seen,
            reason
        );
    }
}
