namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Numbers that grow with time and are unique in the installation without coordination. They order and page the rows of
/// several nodes (journal entries, refusals).
/// </summary>
/// <remarks>
/// Layout: Unix milliseconds × 2^20 + node id (7 bits) × 2^13 + counter. 63 bits suffice beyond the year 2200. If the clock
/// is set back, the numbers continue from the last one.
/// </remarks>
internal sealed class Ordinals(int nodeId, TimeProvider time)
{
    private const int MillisecondShift = 20;
    private const int NodeShift = 13;
    private const long CounterMask = (1L << NodeShift) - 1;

    private long last;

    public long Next()
    {
        var now = At(time.GetUtcNow().ToUnixTimeMilliseconds());
        while (true)
        {
            var previous = Volatile.Read(ref last);
            var next = Math.Max(now, After(previous));
            if (Interlocked.CompareExchange(ref last, next, previous) == previous)
            {
                return next;
            }
        }
    }

    /// <summary>Continues above a number that this node used earlier.</summary>
    public void Above(long used)
    {
        // The number may be another node's or of an older scheme: the next millisecond is above it with any lower bits.
        var above = At((used >> MillisecondShift) + 1);
        long previous;
        do
        {
            previous = Volatile.Read(ref last);
        } while (above > previous && Interlocked.CompareExchange(ref last, above, previous) != previous);
    }

    /// <summary>The smallest number of that millisecond; earlier entries have smaller ones.</summary>
    public static long At(DateTimeOffset instant) => instant.ToUnixTimeMilliseconds() << MillisecondShift;

    private long At(long milliseconds) => (milliseconds << MillisecondShift) | ((long)nodeId << NodeShift);

    private long After(long ordinal) =>
        (ordinal & CounterMask) == CounterMask ? At((ordinal >> MillisecondShift) + 1) : ordinal + 1;
}
