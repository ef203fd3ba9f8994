using System.Globalization;

namespace Culvert.Identity.Service.Status;

/// <summary>One line of the status.</summary>
/// <param name="Subject">The id or name of the object; null = the line is about all of them.</param>
/// <param name="Summary">One sentence for the operator, without secrets.</param>
/// <param name="Next">The command or instruction that fixes it; empty if none is needed.</param>
internal sealed record StatusFinding(StatusState State, string? Subject, string Summary, string Next)
{
    public static StatusFinding Ok(FormattableString summary) => new(StatusState.Ok, null, Text(summary), "");

    public static StatusFinding Warning(string? subject, FormattableString summary, string next) =>
        new(StatusState.Warning, subject, Text(summary), next);

    public static StatusFinding Unknown(string? subject, FormattableString summary, string next) =>
        new(StatusState.Unknown, subject, Text(summary), next);

    public static StatusFinding Problem(string? subject, FormattableString summary, string next) =>
        new(StatusState.Problem, subject, Text(summary), next);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
