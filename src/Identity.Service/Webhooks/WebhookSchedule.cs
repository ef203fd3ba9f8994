namespace Culvert.Identity.Service.Webhooks;

/// <summary>When a message is tried again: soon at first, for about a day in all.</summary>
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

    /// <summary>After that many failed attempts; null = no more.</summary>
    /// <param name="attempts">From 1.</param>
    /// <param name="unit">Random, from 0 to below 1: spreads receivers' load by up to a tenth.</param>
    public static TimeSpan? WaitAfter(int attempts, double unit) =>
        attempts <= Waits.Length ? Waits[attempts - 1] * (1 + (unit / 10)) : null;
}
