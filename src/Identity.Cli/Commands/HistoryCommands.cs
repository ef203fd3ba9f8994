using System.CommandLine;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class HistoryCommands
{
    private const string HistoryPath = "v1/authentication_history";

    private static readonly Column[] Columns =
    [
        new("TIME", "at"),
        new("DECISION", "decision", Fit.Whole),
        new("REASON", "reason", Fit.Whole),
        new("ISSUER", "issuer_id"),
        new("SUBJECT", "subject"),
        new("RULE", "federation_rule_id"),
        new("REQUEST", "request_id", Fit.Whole),
    ];

    public static Command CreateHistory(VerbFactory verbs)
    {
        var denied = new Option<bool>("--denied") { Description = "denials only" };
        var granted = new Option<bool>("--granted") { Description = "grants only" };
        var reason = Flags.Text("--reason", "REASON", "denied for this reason");
        var rule = Flags.Text("--rule", "RULE", "only of this rule").Offering(Noun.Rule);
        var issuer = Flags.Text("--issuer", "ISSUER", "only of this issuer").Offering(Noun.Issuer);
        var account = Flags
            .Text("--service-account", "ACCOUNT", "only for this service account")
            .Offering(Noun.ServiceAccount);
        var subject = Flags.Text("--subject", "SUB", "only of this sub, or of those that begin so (ending in *)");
        var since = Flags.Text("--since", "TIME", "not before: 2026-01-31T12:00:00Z, or 24h for the last day");
        var until = Flags.Text("--until", "TIME", "before that time");
        var request = Flags.Text("--request", "REQUEST-ID", "only this one");
        var flags = new ListFlags();
        return VerbFactory.Group(
            "history",
            "token exchanges and their reasons",
            verbs.Create(
                "list",
                "list exchanges, newest first",
                async (context, cancel) =>
                {
                    if (context.Get(denied) && context.Get(granted))
                    {
                        throw new CommandFailure(ExitCode.Usage, "--denied and --granted exclude each other");
                    }

                    var decision =
                        context.Get(denied) ? "denied"
                        : context.Get(granted) ? "granted"
                        : null;
                    var query = new Query()
                        .Add("decision", decision)
                        .Add("reason", context.Get(reason))
                        .Add("federation_rule_id", await FindIdAsync(Noun.Rule, context.Get(rule)))
                        .Add("issuer_id", await FindIdAsync(Noun.Issuer, context.Get(issuer)))
                        .Add("service_account_id", await FindIdAsync(Noun.ServiceAccount, context.Get(account)))
                        .Add("subject", context.Get(subject))
                        .Add("since", Moments.ReadText(context, since))
                        .Add("until", Moments.ReadText(context, until))
                        .Add("request_id", context.Get(request));
                    return await flags.RunAsync(context, HistoryPath, query, Columns, cancel);

                    async Task<string?> FindIdAsync(Noun noun, string? nameOrId) =>
                        nameOrId is null ? null : await context.IdAsync(noun, nameOrId, cancel);
                },
                [
                    denied,
                    granted,
                    reason,
                    rule,
                    issuer,
                    account,
                    subject,
                    since,
                    until,
                    request,
                    .. flags.OptionsWithoutArchived,
                ]
            )
        );
    }

    public static Command CreateExplain(VerbFactory verbs)
    {
        var request = new Argument<string>("REQUEST-ID") { Description = "as the refused program logged it (req_…)" };
        return verbs.Create(
            "explain",
            "show the result of one exchange and its reason",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                try
                {
                    var answer = await client.GetAsync(
                        $"{HistoryPath}/{Uri.EscapeDataString(context.Get(request))}",
                        cancel
                    );
                    return CommandResult.Object(answer) with
                    {
                        Plain = ExplainText.OfExchange(answer.Json, context.Settings.Url),
                    };
                }
                catch (CommandFailure failure) when (failure.Code == "request.not_found")
                {
                    throw new CommandFailure(
                        ExitCode.Refused,
                        "the history knows no exchange with that request id",
                        failure
                    )
                    {
                        Where = context.Get(request),
                        Next =
                            "a rule id that the service does not know leaves no history; culvert history list --denied",
                    };
                }
            },
            request
        );
    }
}
