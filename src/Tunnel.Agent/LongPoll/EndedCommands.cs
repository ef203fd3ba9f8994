namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// The commands of one tunnel that have ended, so that a repeated delivery does not run them again. Each is stored for
/// as long as its answer may take.
/// </summary>
internal sealed class EndedCommands(TimeProvider time)
{
    /// <summary>Each id has at most 256 characters: 4 MiB.</summary>
    internal const int Most = 8192;

    private readonly Lock gate = new(); // guards both collections
    private readonly Dictionary<string, long> until = new(StringComparer.Ordinal); // ticks of UTC
    private readonly Queue<string> inOrder = new();

    public void Add(string requestId, TimeSpan kept)
    {
        var now = time.GetUtcNow();
        var end = kept < DateTimeOffset.MaxValue - now ? (now + kept).UtcTicks : long.MaxValue;
        lock (gate)
        {
            while (inOrder.TryPeek(out var oldest) && (inOrder.Count >= Most || until[oldest] <= now.UtcTicks))
            {
                until.Remove(inOrder.Dequeue());
            }

            if (until.TryAdd(requestId, end))
            {
                inOrder.Enqueue(requestId);
            }
            else
            {
                until[requestId] = end;
            }
        }
    }

    public bool Contains(string requestId)
    {
        lock (gate)
        {
            return until.TryGetValue(requestId, out var end) && end > time.GetUtcNow().UtcTicks;
        }
    }
}
