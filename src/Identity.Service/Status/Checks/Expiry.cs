using Culvert.Identity.Service.Certificates.Notices;

namespace Culvert.Identity.Service.Status.Checks;

internal static class Expiry
{
    // The defaults, for an installation without notices.
    private static readonly NoticeOptions Usual = new();

    /// <summary>How long before its expiry an object is shown.</summary>
    public static TimeSpan Ahead(NoticeOptions notices) => TimeSpan.FromDays(Days(notices).Max());

    public static StatusFinding? Judge(
        string id,
        string name,
        DateTimeOffset end,
        DateTimeOffset now,
        NoticeOptions notices,
        string next
    ) =>
        end < now ? StatusFinding.Problem(id, $"{name} expired at {end:u}.", next)
        : end - now < TimeSpan.FromDays(Days(notices).Min())
            ? StatusFinding.Problem(id, $"{name} expires at {end:u}, in {Left(end - now)}.", next)
        : end - now < Ahead(notices)
            ? StatusFinding.Warning(id, $"{name} expires at {end:u}, in {Left(end - now)}.", next)
        : null;

    public static IReadOnlyList<int> Days(NoticeOptions notices) => notices.Days.Count > 0 ? notices.Days : Usual.Days;

    private static string Left(TimeSpan left) =>
        left.TotalDays >= 2 ? Plural.Of((long)left.TotalDays, "day") : Plural.Of((long)left.TotalHours, "hour");
}
