namespace Culvert.Tunnel.Protocol.Liveness;

/// <summary>Detects a peer that sends more than ten PINGs in any second (W4). Used only by the read loop.</summary>
internal sealed class PingLimiter(TimeProvider time)
{
    private const int MaxPerSecond = 10;
    private readonly long[] recent = new long[MaxPerSecond]; // ring of timestamps, oldest at next
    private int next;
    private int count;

    /// <summary>Counts a PING; false if it exceeds the limit.</summary>
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
