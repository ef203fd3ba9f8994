using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Protocol.Windows;

/// <summary>
/// The receive window of one stream (W1, W2). It starts at HELLO's size, is raised at once while the budget allows, then
/// grows with what the consumer reads per round trip: only a stream that the window limits gets a larger one.
/// </summary>
/// <remarks>
/// Invariant: <c>credit</c> + unconsumed bytes + <c>ungranted</c> = <c>size</c>, and the part above the initial window is
/// taken from the budget. Guarded by the gate of its <c>StreamInput</c>.
/// </remarks>
internal sealed class ReceiveWindow
{
    /// <summary>Every stream's window while the budget allows: a usual answer fits without a second round trip.</summary>
    public const int StartBytes = 256 * 1024;

    /// <summary>
    /// A window below this many round trips' worth of bytes grows. More than 1, because credit is granted in halves of a
    /// window and bytes arrive in bursts; the result is between three and six.
    /// </summary>
    private const int RoundTripsHeld = 3;

    /// <summary>A consumer that took this long for half a window was not limited by it.</summary>
    private static readonly TimeSpan Resting = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Lower bound of the round trip. On a short path bytes wait longer for threads and batches than on the wire, and a
    /// window that only fits the wire would limit them.
    /// </summary>
    private static readonly TimeSpan LeastRoundTrip = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Limit with other streams open, per millisecond of round trip: a gibibyte per second. Bytes in flight share one kernel
    /// queue, and all other streams' bytes come after them.
    /// </summary>
    private const int SharedBytesPerMillisecond = 1024 * 1024;

    private readonly int initial;
    private readonly WindowBudget budget;
    private readonly IRoundTrip roundTrip;
    private readonly Func<bool> isShared;
    private readonly TimeProvider time;
    private int size;
    private int credit;
    private int ungranted; // consumed, not yet granted again
    private long consumed; // since measuredFrom
    private long measuredFrom;
    private bool closed;

    /// <param name="initial">HELLO's window, in bytes.</param>
    /// <param name="budget">Limit for all streams' windows beyond that.</param>
    /// <param name="isShared">Whether the connection has other streams now.</param>
    public ReceiveWindow(int initial, WindowBudget budget, IRoundTrip roundTrip, Func<bool> isShared, TimeProvider time)
    {
        this.initial = size = credit = initial;
        this.budget = budget;
        this.roundTrip = roundTrip;
        this.isShared = isShared;
        this.time = time;
        measuredFrom = time.GetTimestamp();
        if (initial < StartBytes && budget.TryTakeAtStart(StartBytes - initial))
        {
            AddedAtStart = StartBytes - initial;
            size += AddedAtStart;
            credit += AddedAtStart;
        }
    }

    /// <summary>Credit beyond HELLO's, not yet sent to the peer.</summary>
    public int AddedAtStart { get; }

    /// <summary>For tests: the current size of the window.</summary>
    public int Size => size;

    /// <summary>Whether a round trip is worth measuring.</summary>
    public bool MayGrow => !closed && size < TunnelProtocol.MaxWindowBytes && budget.FreeBytes > 0;

    public bool TryReceive(int bytes)
    {
        credit -= bytes;
        return credit >= 0;
    }

    /// <summary>
    /// Counts consumed bytes. Returns the credit to grant now: when half a window has been consumed, or the sender has less
    /// than a full frame left (W2).
    /// </summary>
    public int Consume(int bytes)
    {
        ungranted += bytes;
        consumed += bytes;
        if (closed || (ungranted < size / 2 && (credit >= TunnelProtocol.MaxDataBytes || ungranted == 0)))
        {
            return 0;
        }

        var grant = ungranted + Resize();
        ungranted = 0;
        credit += grant;
        return grant;
    }

    /// <summary>Grants no more credit and drops received bytes.</summary>
    public void Close()
    {
        if (!closed)
        {
            closed = true;
            budget.Return(Math.Max(0, size - initial));
        }
    }

    /// <summary>Returns by how much the window grows or shrinks; it shrinks at most by what was just consumed.</summary>
    private int Resize()
    {
        var now = time.GetTimestamp();
        var elapsed = time.GetElapsedTime(measuredFrom, now);
        if (elapsed >= Resting)
        {
            Restart(now);
            return -Shrink(StartBytes);
        }

        if (roundTrip.Shortest is not { } shortest)
        {
            return 0; // it is being measured
        }

        var path = shortest > LeastRoundTrip ? shortest : LeastRoundTrip;
        var most = Most(path);
        if (size > most)
        {
            return -Shrink(most);
        }

        if (elapsed < path)
        {
            return 0; // part of a round trip is not a measurement: bytes arrive in bursts
        }

        var perRoundTrip = consumed * (path / elapsed);
        Restart(now);
        if (perRoundTrip * RoundTripsHeld < size)
        {
            return 0;
        }

        var grown = budget.AcquireForGrowth(Math.Min(size, most - size));
        size += grown;
        return grown;
    }

    private int Most(TimeSpan path) =>
        isShared()
            ? (int)Math.Min(path.TotalMilliseconds * SharedBytesPerMillisecond, TunnelProtocol.MaxWindowBytes)
            : TunnelProtocol.MaxWindowBytes;

    private int Shrink(int least)
    {
        var surplus = Math.Min(ungranted, size - Math.Max(initial, least));
        if (surplus <= 0)
        {
            return 0;
        }

        size -= surplus;
        budget.Return(surplus);
        return surplus;
    }

    private void Restart(long now)
    {
        consumed = 0;
        measuredFrom = now;
    }
}
