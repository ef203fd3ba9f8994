using System.Collections.Concurrent;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>
/// Moments in which this machine let none of its programs run, as one that is suspended or whose processes are stopped: what
/// a program should have done meanwhile, it could not do. A limit leaves them out, and so does a count of failures.
/// </summary>
internal static class Standstill
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(3);

    /// <summary>What expired meanwhile is replaced within it.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(10);

    private static readonly ConcurrentQueue<(DateTimeOffset From, DateTimeOffset To)> Seen = new();
    private static readonly Lazy<Task> Watching = new(() => Task.Run(WatchAsync));

    public static void Watch() => _ = Watching.Value;

    /// <summary>Whether the machine stood still at any time from then on, or a moment before it.</summary>
    public static bool HasTouched(DateTimeOffset from) => Seen.Any(one => one.To + Aftermath > from);

    /// <summary>How much of the time since then the machine stood still.</summary>
    public static TimeSpan Since(DateTimeOffset from) =>
        Seen.Where(one => one.To > from)
            .Aggregate(TimeSpan.Zero, (sum, one) => sum + (one.To - (one.From > from ? one.From : from)));

    private static async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Period, TimeProvider.System);
        for (var last = TimeProvider.System.GetUtcNow(); await timer.WaitForNextTickAsync(); )
        {
            var now = TimeProvider.System.GetUtcNow();
            if (now - last > Shortest)
            {
                Seen.Enqueue((last, now));
            }

            last = now;
        }
    }
}
