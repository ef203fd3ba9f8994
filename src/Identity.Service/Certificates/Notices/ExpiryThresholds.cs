namespace Culvert.Identity.Service.Certificates.Notices;

internal static class ExpiryThresholds
{
    /// <summary>Machines renew shorter-lived leaves, for which notices would be noise.</summary>
    public static readonly TimeSpan ShortestLife = TimeSpan.FromDays(7);

    /// <summary>The most urgent reached threshold, of those up to half the lifetime; null = none.</summary>
    public static int? Due(
        DateTimeOffset notBefore,
        DateTimeOffset notAfter,
        DateTimeOffset now,
        IReadOnlyList<int> days
    )
    {
        if (now > notAfter)
        {
            return null;
        }

        int? due = null;
        foreach (var threshold in days)
        {
            var ahead = TimeSpan.FromDays(threshold);
            if (ahead <= (notAfter - notBefore) / 2 && now >= notAfter - ahead && (due is null || threshold < due))
            {
                due = threshold;
            }
        }

        return due;
    }
}
