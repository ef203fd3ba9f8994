using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary><c>culvert history</c> and <c>culvert explain</c>: why a token was or was not exchanged.</summary>
internal static class HistoryCommands
{
    private const string HistoryPath = "v1/authentication_history";

    private static readonly Column[] Columns =
    [
        new("TIME", "at"),
        new("DECISION", "decision"),
        new("REASON", "reason"),
        new("ISSUER", "issuer_id"),
        new("SUBJECT", "subject"),
        new("RULE", "federation_rule_id"),
        new("REQUEST", "request_id"),
    ];

    public static Command CreateHistory(VerbFactory verbs)
    {
        var denied = new Option<bool>("--denied") { Description = "denials only" };
        var flags = new ListFlags();
        return VerbFactory.Group(
            "history",
            "token exchanges and their reasons",
            verbs.Create(
                "list",
                "list exchanges, newest first",
                (context, cancel) =>
                    flags.RunAsync(
                        context,
                        HistoryPath,
                        new Query().Add("decision", context.Get(denied) ? "denied" : null),
                        Columns,
                        cancel
                    ),
                [denied, .. flags.OptionsWithoutArchived]
            )
        );
    }

    public static Command CreateExplain(VerbFactory verbs)
    {
        var request = new Argument<string>("REQUEST-ID") { Description = "as the refused program logged it (req_…)" };
        return verbs.Create(
            "explain",
            "say what became of one exchange, and why",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var query = new Query().Add("request_id", context.Get(request));
                var answer = await client.GetAsync(query.On(HistoryPath), cancel);
                return answer.Json.Data() is [JsonObject only, ..]
                    ? CommandResult.Object((JsonObject)only.DeepClone())
                    : throw new CommandFailure(ExitCode.Refused, "the history knows no exchange with that request id")
                    {
                        Where = context.Get(request),
                        Next =
                            "a rule id that the service does not know leaves no history; culvert history list --denied",
                    };
            },
            request
        );
    }
}
