using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Sending;

namespace Culvert.Tunnel.Protocol.Lifetime;

/// <summary>The state of a connection from its HELLO to its close; see the table of <see cref="MuxConnection"/>.</summary>
internal sealed class ConnectionLife(Outbox outbox, TimeProvider time)
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Hello> peerHello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<PeerGoAway> peerGoAway = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    // Guarded by outbox.Gate.
    private bool peerDraining;
    private volatile bool draining;
    private long drainStartedAt;
    private TimeSpan drainFor;
    private ConnectionErrorCode drainCode;
    private MuxOutcome? outcome;
    private volatile bool over;

    public Task Ended => ended.Task;

    public Task<Hello> PeerHello => peerHello.Task;

    public Task<PeerGoAway> PeerGoAway => peerGoAway.Task;

    /// <summary>The peer's HELLO; written only by the read loop.</summary>
    public Hello? Hello { get; private set; }

    public bool IsOver => over;

    public bool IsDraining => draining;

    public MuxOutcome? Outcome
    {
        get
        {
            lock (outbox.Gate)
            {
                return outcome;
            }
        }
    }

    public bool AcceptsStreams_NeedsLock => !over && !draining && !peerDraining && Hello is not null;

    /// <exception cref="MuxConnectionException">The peer sent a second HELLO (W7).</exception>
    public void OnHello(Hello received)
    {
        if (Hello is not null)
        {
            throw new MuxConnectionException(ConnectionErrorCode.Protocol, "A second HELLO arrived.");
        }

        lock (outbox.Gate)
        {
            Hello = received;
        }

        peerHello.TrySetResult(received);
    }

    public void OnGoAway(PeerGoAway received)
    {
        lock (outbox.Gate)
        {
            peerDraining = true;
        }

        peerGoAway.TrySetResult(received);
    }

    /// <summary>Starts a drain; false if the current one ends no later.</summary>
    public bool TryDrain_NeedsLock(ConnectionErrorCode code, TimeSpan drain)
    {
        if (over || (draining && drain >= drainFor - time.GetElapsedTime(drainStartedAt)))
        {
            return false;
        }

        draining = true;
        drainStartedAt = time.GetTimestamp();
        drainFor = drain;
        drainCode = code;
        return true;
    }

    /// <summary>Whether the drain is over, by time or because no stream is left.</summary>
    public bool IsDrained(bool nothingLeft, out bool expired, out ConnectionErrorCode code, out bool announced)
    {
        (expired, code, announced) = (false, default, false);
        if (!draining || over)
        {
            return false;
        }

        lock (outbox.Gate)
        {
            expired = time.GetElapsedTime(drainStartedAt) >= drainFor;
            code = drainCode;
            announced = drainFor > TimeSpan.Zero;
        }

        return expired || nothingLeft;
    }

    public bool TryEnd(MuxOutcome why)
    {
        lock (outbox.Gate)
        {
            if (over)
            {
                return false;
            }

            outcome = why;
            over = true;
        }

        peerHello.TrySetException(new IOException($"The connection closed before HELLO: {why.Detail}"));
        _ = peerHello.Task.Exception; // observed: not every owner awaits HELLO
        peerGoAway.TrySetCanceled();
        ended.TrySetResult();
        return true;
    }
}
