using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status;

/// <summary>
/// Creates the findings of one check: one sentence without secrets about one object, and the next step.
/// </summary>
/// <param name="id">The check's id, which never changes, in snake case.</param>
internal abstract class StatusFindings(string id)
{
    public string Id => id;

    protected DoctorFinding Ok(FormattableString summary) => Create(DoctorStatus.Pass, subject: null, summary);

    /// <param name="subject">The id or name of the object; null = the line is about all of them.</param>
    /// <param name="next">The command or instruction that fixes it.</param>
    protected DoctorFinding Warning(string? subject, FormattableString summary, string next) =>
        Create(DoctorStatus.Warn, subject, summary, next);

    protected DoctorFinding Unknown(string? subject, FormattableString summary, string next) =>
        Create(DoctorStatus.Unknown, subject, summary, next);

    protected DoctorFinding Problem(string? subject, FormattableString summary, string next) =>
        Create(DoctorStatus.Fail, subject, summary, next);

    private DoctorFinding Create(
        DoctorStatus status,
        string? subject,
        FormattableString summary,
        params IReadOnlyList<string> next
    ) =>
        new()
        {
            Id = id,
            Status = status,
            Subject = subject,
            Summary = FormattableString.Invariant(summary),
            Next = next,
        };
}
