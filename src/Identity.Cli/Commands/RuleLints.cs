using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary>The service's lints of rules, shown when a rule is written.</summary>
internal static class RuleLints
{
    private const string Path = "v1/organizations/federation_rules/lint";

    public static Option<string?> Justification() =>
        Flags.Text("--justification", "TEXT", "why the rule's warnings are accepted; audited");

    public static Command Create(VerbFactory verbs) =>
        verbs.Create(
            "lint",
            "check all current rules for dangerous matches and for unused, overlapping and redundant rules",
            async (context, cancel) =>
            {
                var client = await context.ClientAsync(cancel);
                var report = (await client.QueryAsync(Path, body: [], cancel)).Json;
                var rows = new JsonArray();
                foreach (var rule in report["data"] as JsonArray ?? [])
                {
                    foreach (var lint in rule?["lints"] as JsonArray ?? [])
                    {
                        rows.Add(
                            (JsonNode)
                                new JsonObject
                                {
                                    ["rule"] = rule!["name"]?.DeepClone(),
                                    ["federation_rule_id"] = rule["federation_rule_id"]?.DeepClone(),
                                    ["id"] = lint?["id"]?.DeepClone(),
                                    ["severity"] = lint?["severity"]?.DeepClone(),
                                    ["message"] = lint?["message"]?.DeepClone(),
                                }
                        );
                    }
                }

                context.Note($"{report["checked"]} rules checked");
                return CommandResult.List(
                    ApiAnswer.FromJson(new JsonObject { ["data"] = rows, ["next_page"] = null }),
                    new("RULE", "rule", Fit.Whole),
                    new("LINT", "id", Fit.Whole),
                    new("SEVERITY", "severity", Fit.Whole),
                    new("FINDING", "message", Fit.Wrap)
                );
            }
        );

    /// <summary>Where warnings require a reason, a rule with warnings and without a reason is not sent.</summary>
    public static async Task RequireReasonAsync(
        CommandContext context,
        JsonObject question,
        string? justification,
        CancellationToken cancel
    )
    {
        if (justification is not null)
        {
            return;
        }

        var client = await context.ClientAsync(cancel);
        JsonObject report;
        try
        {
            report = (await client.QueryAsync(Path, question, cancel)).Json;
        }
        catch (CommandFailure failure) when (failure.ExitCode != ExitCode.Unreachable)
        {
            // Errors of the rule itself are reported by the actual request.
            return;
        }

        if (report.Text("lint_warnings") != "justify")
        {
            return;
        }

        var lints = report["data"] is JsonArray { Count: > 0 } rules ? rules[0]?["lints"] as JsonArray ?? [] : [];
        if (lints.Any(lint => (string?)lint?["severity"] == "warning"))
        {
            Show(context, lints);
            throw new CommandFailure(ExitCode.Refused, "this installation wants a written reason for a rule's warnings")
            {
                Where = "--justification",
                Next = "correct the rule, or give the reason for it with --justification",
            };
        }
    }

    public static JsonObject WithReason(JsonObject body, string? justification)
    {
        if (justification is not null)
        {
            body["lint_justification"] = justification;
        }

        return body;
    }

    public static void Show(CommandContext context, ApiAnswer saved) =>
        Show(context, saved.Json["lints"] as JsonArray ?? []);

    private static void Show(CommandContext context, JsonArray lints)
    {
        foreach (var lint in lints.OfType<JsonObject>())
        {
            context.Note($"{lint.Text("severity")} {lint.Text("id")}: {lint.Text("message")}");
        }
    }
}
