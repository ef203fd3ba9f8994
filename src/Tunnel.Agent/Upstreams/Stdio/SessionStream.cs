namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>
/// A stream of events that outlives the connection that it started on. A new reader waits until the old one has put
/// back the message that it holds.
/// </summary>
/// <param name="number">0 is the stream that the client opens with GET.</param>
/// <param name="call">The call that the stream answers; null for stream 0.</param>
internal sealed class SessionStream(long number, RpcCall? call)
{
    private readonly Lock gate = new();
    private StreamReading? reading; // guarded by the gate

    public long Number => number;

    public RpcCall? Call => call;

    /// <summary>When the rule's timeout ends the call; null for never.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Guarded by the history: the position of the last event.</summary>
    public long Last { get; set; }

    /// <summary>Guarded by the history: the number of stored events.</summary>
    public int StoredMessages { get; set; }

    /// <summary>Guarded by the history: whether the stream is complete.</summary>
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

    /// <summary>Takes over the reading. The previous reader, whose connection may be lost, is stopped first.</summary>
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

    internal void Remove(StreamReading left)
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
