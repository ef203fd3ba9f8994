using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Sending;
using Culvert.Tunnel.Protocol.Windows;

namespace Culvert.Tunnel.Protocol.Liveness;

/// <summary>The PINGs of a connection: for silent peers (W4) and round trips (W1), one at a time.</summary>
internal sealed class Heartbeat(Outbox outbox, MuxOptions options, TimeProvider time) : IRoundTrip
{
    /// <summary>Age after which a growing window measures the round trip again; far below ten PINGs a second.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    /// <summary>Limit for a prompt answer: far above a round trip, far below the limit for a dead peer.</summary>
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(1);

    private readonly PingLimiter received = new(time);

    // Guarded by outbox.Gate.
    private long sentAt; // 0 = none is pending
    private long measuredAt; // 0 = never
    private ulong opaque;
    private long requestedAt; // when a stream was opened since the peer's last bytes; 0 = none

    private long latestPingAt; // 0 = none was sent; read without the gate

    private long latestTicks;
    private long shortestTicks = long.MaxValue;

    /// <summary>Round trip of the latest answered PING; zero before the first.</summary>
    public TimeSpan Latest => TimeSpan.FromTicks(Interlocked.Read(ref latestTicks));

    public TimeSpan? Shortest
    {
        get
        {
            var ticks = Interlocked.Read(ref shortestTicks);
            return ticks == long.MaxValue ? null : TimeSpan.FromTicks(ticks);
        }
    }

    /// <summary>Whether the peer is late with an answer. It may not be dead, but other connections are preferred.</summary>
    /// <param name="heard">When the latest byte arrived.</param>
    public bool IsOverdue(long heard)
    {
        var since = Interlocked.Read(ref latestPingAt);
        return since > heard && time.GetElapsedTime(since) >= Prompt;
    }

    /// <summary>Notes that the peer owes an answer, because a stream was opened.</summary>
    public void Ask_NeedsLock(long heard)
    {
        if (requestedAt <= heard)
        {
            requestedAt = time.GetTimestamp();
        }
    }

    /// <summary>
    /// Sends a PING to a silent peer; false if the peer is dead. A peer that owes an answer to an OPEN gets its PING soon,
    /// any other after <see cref="MuxOptions.PingAfter"/>.
    /// </summary>
    /// <param name="heard">When the latest byte arrived.</param>
    /// <param name="tick">Time until the next call: what is due before it is sent now.</param>
    public bool CheckSilence(long heard, TimeSpan tick)
    {
        var now = time.GetTimestamp();
        WriteStart start;
        lock (outbox.Gate)
        {
            TimeSpan? sincePing = sentAt > heard ? time.GetElapsedTime(sentAt, now) + (tick / 2) : null;
            var silent = time.GetElapsedTime(heard, now) + tick - TimeSpan.FromTicks(1);
            var action = Silence.Decide(silent, sincePing, options.PingAfter, options.DeadAfter);
            var owed = requestedAt > heard && time.GetElapsedTime(requestedAt, now) >= Prompt && sentAt <= heard;
            if (action != SilenceAction.Ping && !owed)
            {
                return action != SilenceAction.Dead;
            }

            Send_NeedsLock(now);
            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
        return true;
    }

    /// <summary>Measures the round trip for a window. Call before <see cref="Outbox.Begin_NeedsLock"/>.</summary>
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

    /// <summary>Read loop: PING.</summary>
    /// <exception cref="MuxConnectionException">The peer exceeds its rate of PINGs.</exception>
    public void OnPing(ulong asked)
    {
        if (!received.TryCount())
        {
            throw new MuxConnectionException(ConnectionErrorCode.Protocol, "Too many PINGs arrived.");
        }

        WriteStart start;
        lock (outbox.Gate)
        {
            outbox.Pong_NeedsLock(asked);
            start = outbox.Begin_NeedsLock();
        }

        outbox.Run(start);
    }

    /// <summary>Read loop: PONG; an unsolicited one is ignored.</summary>
    public void OnPong(ulong echoed)
    {
        lock (outbox.Gate)
        {
            if (sentAt == 0 || echoed != opaque)
            {
                return;
            }

            measuredAt = time.GetTimestamp();
            var taken = Math.Max(1, time.GetElapsedTime(sentAt, measuredAt).Ticks);
            sentAt = 0;
            Interlocked.Exchange(ref latestTicks, taken);
            Interlocked.Exchange(ref shortestTicks, Math.Min(taken, Interlocked.Read(ref shortestTicks)));
        }
    }

    private void Send_NeedsLock(long now)
    {
        sentAt = now;
        Interlocked.Exchange(ref latestPingAt, now);
        outbox.Ping_NeedsLock(++opaque);
    }
}
