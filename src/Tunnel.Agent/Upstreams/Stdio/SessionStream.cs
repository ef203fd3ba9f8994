namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>
/// One stream of a session's events. It outlives the connection that it began on; at any time there is one reader of what
/// comes in it, and a new one waits until the old one has put down what it holds.
/// </summary>
/// <param name="number">In its session; 0 is the one that the client opens by GET.</param>
/// <param name="call">What it answers; null for that one.</param>
internal sealed class SessionStream(long number, RpcCall? call)
{
    private readonly Lock gate = new();
    private StreamReading? reading; // guarded by the gate

    public long Number => number;

    public RpcCall? Call => call;

    /// <summary>When the rule's timeout ends the call; null = never.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Guarded by the history: the last event's place.</summary>
    public long Last { get; set; }

    /// <summary>Guarded by the history: how many of its events are kept.</summary>
    public int Kept { get; set; }

    /// <summary>Guarded by the history: whether nothing more comes.</summary>
    public bool IsOver { get; set; }

    public bool IsRead
    {
        get
        {
            lock (gate)
            {
                return reading is not null;
            }
        }
    }

    /// <summary>Reads from now on. Who read before, over a connection that may be lost, is let go first.</summary>
    public async Task<StreamReading> ReadAsync(CancellationToken cancellationToken)
    {
        var mine = new StreamReading(this, cancellationToken);
        StreamReading? before;
        lock (gate)
        {
            (before, reading) = (reading, mine);
        }

        if (before is not null)
        {
            await before.ReplaceAsync();
        }

        return mine;
    }

    internal void Leave(StreamReading left)
    {
        lock (gate)
        {
            if (reading == left)
            {
                reading = null;
            }
        }
    }
}
