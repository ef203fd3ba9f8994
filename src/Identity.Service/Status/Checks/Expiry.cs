using Culvert.Identity.Service.Certificates.Notices;

namespace Culvert.Identity.Service.Status.Checks;

/// <summary>Judges an expiry by the days of the notices: the first of them warns, the last is a problem.</summary>
internal static class Expiry
{
    // As the options' own default, for an installation that wants no notices.
    private static readonly NoticeOptions Usual = new();

    /// <summary>From when on something is shown.</summary>
    public static TimeSpan Ahead(NoticeOptions notices) => TimeSpan.FromDays(Days(notices).Max());

    /// <summary>Null = it is far away.</summary>
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

    /// <summary>Of the notices, or the usual ones where there are none.</summary>
    public static IReadOnlyList<int> Days(NoticeOptions notices) => notices.Days.Count > 0 ? notices.Days : Usual.Days;

    private static string Left(TimeSpan left) =>
        left.TotalDays >= 2 ? Plural.Of((long)left.TotalDays, "day") : Plural.Of((long)left.TotalHours, "hour");
}
