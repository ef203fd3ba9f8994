using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Certificates.Notices;
using Culvert.Platform.Doctor;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>
/// Judges an expiry by the days of the notices: a warning from the first of them, a problem from the last. Null = later.
/// </summary>
internal static class Expiry
{
    public const string PlatformRoot = "platform_root";

    private const string PlatformIssuing = "platform_issuing";

    private const string WhyInvalid =
        "When it expires, all certificates below it become invalid, whatever their own expiry.";

    // The defaults, for an installation without notices.
    private static readonly NoticeOptions Usual = new();

    /// <summary>How long before its expiry an object is shown.</summary>
    public static TimeSpan Ahead(NoticeOptions notices) => TimeSpan.FromDays(Days(notices).Max());

    public static IReadOnlyList<int> Days(NoticeOptions notices) => notices.Days.Count > 0 ? notices.Days : Usual.Days;

    /// <summary>Judges a signing authority, for the status and for the doctor.</summary>
    public static DoctorFinding? Judge(string check, AuthorityEnd one, DateTimeOffset now, NoticeOptions notices)
    {
        (string Name, string Why, string[] Next) text = one.Type switch
        {
            PlatformRoot => ($"The platform root {one.Id}", WhyInvalid, ["culvert platform-root show"]),
            PlatformIssuing => (
                $"The platform's issuing authority {one.Id}",
                "The running service renews it at two thirds of its lifetime: check that the service runs.",
                ["The service renews it: culvert job list shows a failed round"]
            ),
            _ => (
                $"Certificate authority {one.Name} ({one.Id})",
                WhyInvalid,
                [$"culvert ca status {one.Id}", "Its successor needs a signature of your own root."]
            ),
        };
        var found = Judge(check, one.Id, text.Name, one.NotAfter, now, notices, text.Next);

        // The service renews the issuing authority: it is reported only if that did not happen in time.
        return found is null || (one.Type == PlatformIssuing && found.Status != DoctorStatus.Fail)
            ? null
            : found with
            {
                Why = text.Why,
            };
    }

    public static DoctorFinding? Judge(
        string check,
        string subject,
        string name,
        DateTimeOffset end,
        DateTimeOffset now,
        NoticeOptions notices,
        params IReadOnlyList<string> next
    ) =>
        end - now >= Ahead(notices)
            ? null
            : DoctorFinding.Fail(
                check,
                end < now
                    ? FormattableString.Invariant($"{name} expired at {end:u}.")
                    : FormattableString.Invariant($"{name} expires at {end:u}, in {FormatRemainingTime(end - now)}."),
                why: "",
                next
            ) with
            {
                Subject = subject,
                Status = end - now < TimeSpan.FromDays(Days(notices).Min()) ? DoctorStatus.Fail : DoctorStatus.Warn,
            };

    private static string FormatRemainingTime(TimeSpan left) =>
        left.TotalDays >= 2 ? Plural.Format((long)left.TotalDays, "day") : Plural.Format((long)left.TotalHours, "hour");
}
