using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status;

/// <summary>One line of the status on the wire.</summary>
/// <param name="Check">Stable name of the check.</param>
/// <param name="State"><c>ok</c>, <c>warning</c>, <c>unknown</c> or <c>problem</c>.</param>
/// <param name="Subject">The object of the line; null = the whole check.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Next">What to do; empty if nothing is needed.</param>
internal sealed record StatusCheckDocument(string Check, string State, string? Subject, string Summary, string Next)
{
    public static StatusCheckDocument From(DoctorFinding finding) =>
        new(
            Check: finding.Id,
            State: ToState(finding.Status),
            Subject: finding.Subject,
            Summary: finding.Summary,
            Next: finding.Next.FirstOrDefault("")
        );

    public static string ToState(DoctorStatus status) =>
        status switch
        {
            DoctorStatus.Fail => "problem",
            DoctorStatus.Unknown => "unknown",
            DoctorStatus.Warn => "warning",
            _ => "ok",
        };
}
