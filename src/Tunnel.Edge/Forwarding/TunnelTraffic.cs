using System.Collections.Concurrent;
using Culvert.Platform.Timing;

namespace Culvert.Tunnel.Edge.Forwarding;

/// <summary>One tunnel's client connections: its limits, and the counts that reports and metrics show.</summary>
internal sealed class TunnelTraffic(string tunnelId, TunnelLimits limits, TimeProvider time)
{
    /// <summary>What may burst beyond a limit of bytes: one second's worth, and a few records at least.</summary>
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

    /// <summary>The connections that are being relayed.</summary>
    public IEnumerable<ClientRelay> Relays => relays.Keys;

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

    /// <summary>True while bytes must be paid for: most tunnels have no such limit, and their relays ask no more than this.</summary>
    public bool IsPaced => limits.BytesPerSecond > 0;

    public long Accepted => Interlocked.Read(ref accepted);

    public long Refused => Interlocked.Read(ref refused);

    /// <summary>Streams that were opened a second or third time because an agent never started on them (W12).</summary>
    public long Reopened => Interlocked.Read(ref reopened);

    /// <summary>Connections ended by the edge: forbidden meanwhile, or idle.</summary>
    public long Cut => Interlocked.Read(ref cut);

    public long BytesFromClients => Interlocked.Read(ref bytesFromClients);

    public long BytesToClients => Interlocked.Read(ref bytesToClients);

    /// <summary>New limits apply to new connections, and to bytes immediately.</summary>
    public void Use(TunnelLimits next) => limits = next;

    /// <summary>Counts a connection in; false if it is one too many.</summary>
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

            newConnections.Take();
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

    /// <summary>
    /// Counts relayed bytes against the limit. Returns how long the tunnel must wait; zero while it is within the limit.
    /// </summary>
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
            bytesLeft.Take(bytes);
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
