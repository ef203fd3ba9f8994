namespace Culvert.Tunnel.Protocol.Liveness;

/// <summary>Finds a peer that sends more than ten PINGs in any one second (W4). Used by the read loop alone.</summary>
internal sealed class PingLimiter(TimeProvider time)
{
    private const int MaxPerSecond = 10;
    private readonly long[] recent = new long[MaxPerSecond]; // ring of timestamps, oldest at next
    private int next;
    private int count;

    /// <summary>Counts one PING; false if it is one too many.</summary>
    public bool TryCount()
    {
        var now = time.GetTimestamp();
        if (count == MaxPerSecond && time.GetElapsedTime(recent[next], now) < TimeSpan.FromSeconds(1))
        {
            return false;
        }

        recent[next] = now;
        next = (next + 1) % MaxPerSecond;
        count = Math.Min(count + 1, MaxPerSecond);
        return true;
    }
}
