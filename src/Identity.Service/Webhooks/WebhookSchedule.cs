namespace Culvert.Identity.Service.Webhooks;

/// <summary>The times of retries: soon at first, for about a day in total.</summary>
internal static class WebhookSchedule
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        TimeSpan.FromHours(10),
    ];

    /// <summary>The wait after that many failed attempts; null = no more attempts.</summary>
    /// <param name="attempts">From 1.</param>
    /// <param name="unit">Random, 0 ≤ unit &lt; 1: spreads the receivers' load by up to a tenth.</param>
    public static TimeSpan? WaitAfter(int attempts, double unit) =>
        attempts <= Waits.Length ? Waits[attempts - 1] * (1 + (unit / 10)) : null;
}
