using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

internal static class DoctorCheck
{
    private const int MaxIdLength = 64;

    private static readonly string[] Statuses = ["pass", "warn", "fail", "skip"];

    public static bool IsGood(AgentReportDoctor? doctor) =>
        doctor is null || (doctor.Checks.Count <= AgentReportDoctor.MaxChecks && doctor.Checks.All(IsGood));

    private static bool IsGood(AgentReportCheck? check) =>
        check is not null
        && check.Id.Length is > 0 and <= MaxIdLength
        && check.Id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_')
        && Statuses.Contains(check.Status, StringComparer.Ordinal)
        && check.Summary.Length > 0
        && IsLine(check.Summary)
        && IsLine(check.Next);

    private static bool IsLine(string text) =>
        text.Length <= AgentReportDoctor.MaxTextLength && !text.Any(char.IsControl);
}
