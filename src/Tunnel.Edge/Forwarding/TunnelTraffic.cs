namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>One tunnel's client connections: its limits, and the counts that reports and metrics show.</summary>
internal sealed class TunnelTraffic(string tunnelId, TunnelLimits limits, TimeProvider time)
{
    private readonly Lock gate = new();
    private double tokens = limits.NewConnections.Count; // guarded by gate
    private long refilledAt = time.GetTimestamp(); // guarded by gate
    private int open; // guarded by gate
    private long accepted;
    private long refused;
    private long reopened;
    private long bytesFromClients;
    private long bytesToClients;

    public string TunnelId { get; } = tunnelId;

    /// <summary>Client connections now.</summary>
    public int Open
    {
        get
        {
            lock (gate)
            {
                return open;
            }
        }
    }

    public long Accepted => Interlocked.Read(ref accepted);

    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Streams that were opened a second or third time because an agent never started on them (W12).</summary>
    public long Reopened => Interlocked.Read(ref reopened);

    public long BytesFromClients => Interlocked.Read(ref bytesFromClients);

    public long BytesToClients => Interlocked.Read(ref bytesToClients);

    /// <summary>Counts a connection in; false if it is one too many.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            var rate = limits.NewConnections;
            tokens = Math.Min(rate.Count, tokens + (rate.Count * (time.GetElapsedTime(refilledAt, now) / rate.Per)));
            refilledAt = now;
            if (open >= limits.MaxConnections || tokens < 1)
            {
                return false;
            }

            tokens--;
            open++;
        }

        Interlocked.Increment(ref accepted);
        return true;
    }

    public void Leave()
    {
        lock (gate)
        {
            open--;
        }
    }

    public void CountRefused() => Interlocked.Increment(ref refused);

    public void CountReopened() => Interlocked.Increment(ref reopened);

    public void CountFromClient(int bytes) => Interlocked.Add(ref bytesFromClients, bytes);

    public void CountToClient(int bytes) => Interlocked.Add(ref bytesToClients, bytes);
}
