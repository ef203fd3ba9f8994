using System.Text.Json.Nodes;
using Culvert.Platform.Output;

namespace Culvert.Identity.Cli.Output;

/// <summary>What answer rules did on a route, in words.</summary>
internal static class AnswersColumn
{
    public static Column Create() => new("ANSWERS", "answers", Fit.Wrap, Describe);

    private static string Describe(JsonNode answers) =>
        AnswerSummary.Format(
            Number(answers, "rows_crossed"),
            Number(answers, "rows_kept_inside"),
            Number(answers, "values_removed"),
            Number(answers, "withheld")
        );

    private static long Number(JsonNode answers, string name) => answers[name]?.GetValue<long>() ?? 0;
}
