using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Protocol.Windows;

/// <summary>
/// What one stream's peer may still send (W1, W2). Starts at HELLO's window, is raised at once while the budget allows,
/// then grows with what the consumer takes per round trip: only a stream that its window holds up gets a larger one.
/// </summary>
/// <remarks>
/// Always: <c>credit</c> + bytes that are not consumed yet + <c>ungranted</c> = <c>size</c>, and what exceeds the
/// initial window is taken from the budget. Guarded by the gate of its <c>StreamInput</c>.
/// </remarks>
internal sealed class ReceiveWindow
{
    /// <summary>Of every stream while the budget allows: a usual answer fits into it without a second round trip.</summary>
    public const int StartBytes = 256 * 1024;

    /// <summary>
    /// A window below so many round trips' worth of bytes grows. More than one, because credit travels in halves of a
    /// window and bytes come in bursts; it ends between three and six.
    /// </summary>
    private const int RoundTripsHeld = 3;

    /// <summary>A consumer that took so long for half a window has not been held up by it.</summary>
    private static readonly TimeSpan Resting = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Least delay reckoned with. On a short path bytes wait longer for threads and batches of busy machines than on the
    /// wire, and a window that only fits the wire would hold them up.
    /// </summary>
    private static readonly TimeSpan LeastRoundTrip = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// With other streams open, the most for each millisecond of the path: a gibibyte per second. What is on its way lies in
    /// one queue of the kernel's, and all others' bytes come after it.
    /// </summary>
    private const int SharedBytesPerMillisecond = 1024 * 1024;

    private readonly int initial;
    private readonly WindowBudget budget;
    private readonly IRoundTrip roundTrip;
    private readonly Func<bool> isShared;
    private readonly TimeProvider time;
    private int size;
    private int credit;
    private int ungranted; // consumed, not yet given back
    private long consumed; // since measuredFrom
    private long measuredFrom;
    private bool closed;

    /// <param name="initial">HELLO's, in bytes.</param>
    /// <param name="budget">What windows of all streams may take beyond that.</param>
    /// <param name="roundTrip">Of the connection.</param>
    /// <param name="isShared">Whether the connection has other streams now.</param>
    /// <param name="time">Measures what the consumer takes.</param>
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

    /// <summary>For tests: the most that the peer could have us hold.</summary>
    public int Size => size;

    /// <summary>Whether a round trip is worth measuring.</summary>
    public bool MayGrow => !closed && size < TunnelProtocol.MaxWindowBytes && budget.FreeBytes > 0;

    /// <summary>Counts received bytes; false if the peer had no credit for them.</summary>
    public bool TryReceive(int bytes)
    {
        credit -= bytes;
        return credit >= 0;
    }

    /// <summary>
    /// Counts bytes that the consumer has taken. Returns the credit to give now: when half a window has been consumed,
    /// or the sender has less than a full frame left (W2).
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

    /// <summary>No credit will be given again, and nothing received is held.</summary>
    public void Close()
    {
        if (!closed)
        {
            closed = true;
            budget.Return(Math.Max(0, size - initial));
        }
    }

    /// <summary>Returns by how much the window grows or shrinks; it shrinks by what was just consumed at most.</summary>
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

        var grown = budget.TakeForGrowth(Math.Min(size, most - size));
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
