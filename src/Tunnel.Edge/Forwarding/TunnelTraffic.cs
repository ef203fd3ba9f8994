using System.Collections.Concurrent;
using Culvert.Platform.Timing;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>One tunnel's client connections: its limits, and the counters for reports and metrics.</summary>
internal sealed class TunnelTraffic(string tunnelId, TunnelLimits limits, TimeProvider time)
{
    /// <summary>The burst beyond a byte limit: one second's worth, and at least a few records.</summary>
    private const long LeastBurstBytes = 64 * 1024;

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<ClientRelay, byte> relays = new();
    private volatile TunnelLimits limits = limits;
    private TokenBucket newConnections; // guarded by gate
    private TokenBucket bytesLeft; // guarded by gate
    private int open; // guarded by gate
    private long accepted;
    private long refused;
    private long reopened;
    private long cut;
    private long bytesFromClients;
    private long bytesToClients;

    public string TunnelId { get; } = tunnelId;

    public TunnelLimits Limits => limits;

    public IEnumerable<ClientRelay> Relays => relays.Keys;

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

    /// <summary>True if the tunnel has a byte limit. Most tunnels have none, and their relays check only this.</summary>
    public bool IsPaced => limits.BytesPerSecond > 0;

    public long Accepted => Interlocked.Read(ref accepted);

    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Streams that were opened a second or third time because an agent never handled them (W12).</summary>
    public long Reopened => Interlocked.Read(ref reopened);

    /// <summary>Connections closed by the edge: no longer allowed, or idle.</summary>
    public long Cut => Interlocked.Read(ref cut);

    public long BytesFromClients => Interlocked.Read(ref bytesFromClients);

    public long BytesToClients => Interlocked.Read(ref bytesToClients);

    public void Use(TunnelLimits next) => limits = next;

    /// <summary>Counts a new connection; false if it exceeds a limit.</summary>
    public bool TryEnter()
    {
        var now = limits;
        lock (gate)
        {
            newConnections.Refill(time, now.NewConnections.PerSecond, now.NewConnections.Count);
            if (open >= Math.Min(now.MaxConnections, now.OpenStreams) || !newConnections.HasToken)
            {
                return false;
            }

            newConnections.Consume();
            open++;
        }

        Interlocked.Increment(ref accepted);
        return true;
    }

    public void Release()
    {
        lock (gate)
        {
            open--;
        }
    }

    /// <summary>Counts relayed bytes against the limit. Returns how long to wait; zero while within the limit.</summary>
    public TimeSpan Pay(int bytes)
    {
        var rate = limits.BytesPerSecond;
        if (rate <= 0)
        {
            return TimeSpan.Zero;
        }

        lock (gate)
        {
            bytesLeft.Refill(time, rate, Math.Max(rate, LeastBurstBytes));
            bytesLeft.Consume(bytes);
            return bytesLeft.WaitFor(0, rate);
        }
    }

    public void Add(ClientRelay relay) => relays.TryAdd(relay, 0);

    public void Remove(ClientRelay relay) => relays.TryRemove(relay, out _);

    public void CountRefused() => Interlocked.Increment(ref refused);

    public void CountReopened() => Interlocked.Increment(ref reopened);

    public void CountCut() => Interlocked.Increment(ref cut);

    public void CountFromClient(int bytes) => Interlocked.Add(ref bytesFromClients, bytes);

    public void CountToClient(int bytes) => Interlocked.Add(ref bytesToClients, bytes);
}
