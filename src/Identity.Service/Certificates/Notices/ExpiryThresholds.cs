namespace Culvert.Identity.Service.Certificates.Notices;

/// <summary>When a notice is due: a pure function of time.</summary>
internal static class ExpiryThresholds
{
    /// <summary>Leaves that live shorter are renewed by machines, and notices would only be noise.</summary>
    public static readonly TimeSpan ShortestLife = TimeSpan.FromDays(7);

    /// <summary>
    /// The most urgent threshold that is reached; null = none. One of more than half the life is left out: it would
    /// be reached while the certificate is new.
    /// </summary>
    /// <param name="days">Thresholds in days, in any order.</param>
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
