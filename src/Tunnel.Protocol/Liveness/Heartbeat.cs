using Culvert.Tunnel.Protocol.Sending;
using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Protocol.Liveness;

/// <summary>The PINGs of one connection, sent for two reasons: the peer is silent (W4), or a window wants to know the
/// round trip (W1). One is under way at a time.</summary>
internal sealed class Heartbeat(Outbox outbox, TimeProvider time) : IRoundTrip
{
    /// <summary>How old a round trip may be before a growing window asks again; far below ten PINGs a second.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    // Guarded by outbox.Gate.
    private long sentAt; // 0 = none is under way
    private long measuredAt;
    private ulong opaque;

    private long latestTicks;
    private long shortestTicks = long.MaxValue;

    /// <summary>Of the latest answered PING; zero before there was one.</summary>
    public TimeSpan Latest => TimeSpan.FromTicks(Interlocked.Read(ref latestTicks));

    public TimeSpan? Shortest
    {
        get
        {
            var ticks = Interlocked.Read(ref shortestTicks);
            return ticks == long.MaxValue ? null : TimeSpan.FromTicks(ticks);
        }
    }

    /// <summary>Time since a PING that no byte has followed; null if there is none.</summary>
    /// <param name="heard">When the latest byte arrived.</param>
    /// <param name="now">The present timestamp.</param>
    public TimeSpan? Unanswered_NeedsLock(long heard, long now) =>
        sentAt > heard ? time.GetElapsedTime(sentAt, now) : null;

    public void Send_NeedsLock(long now)
    {
        sentAt = now;
        outbox.Ping_NeedsLock(++opaque);
    }

    /// <summary>A stream's window may be too small; call before <see cref="Outbox.Begin_NeedsLock"/>.</summary>
    public void Measure_NeedsLock()
    {
        if (sentAt != 0)
        {
            return;
        }

        var now = time.GetTimestamp();
        if (measuredAt == 0 || time.GetElapsedTime(measuredAt, now) >= Fresh)
        {
            Send_NeedsLock(now);
        }
    }

    /// <summary>A PONG; one that nobody asked for is ignored.</summary>
    public void Answered_NeedsLock(ulong echoed)
    {
        if (sentAt == 0 || echoed != opaque)
        {
            return;
        }

        measuredAt = time.GetTimestamp();
        var taken = Math.Max(1, time.GetElapsedTime(sentAt, measuredAt).Ticks);
        sentAt = 0;
        Interlocked.Exchange(ref latestTicks, taken);
        if (taken < Interlocked.Read(ref shortestTicks))
        {
            Interlocked.Exchange(ref shortestTicks, taken);
        }
    }
}
