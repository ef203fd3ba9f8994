namespace Culvert.Tunnel.Agent.Telemetry;

/// <summary>The results of the last calls, for the status page, without callers and content.</summary>
internal sealed class RecentCalls(TimeProvider time)
{
    private const int MaxCalls = 50;

    private readonly Lock gate = new();
    private readonly Queue<RecentCall> calls = new(MaxCalls); // guarded by gate

    public IReadOnlyList<RecentCall> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    public void Add(string route, int status, string reason)
    {
        var call = new RecentCall(time.GetUtcNow(), route, status, reason);
        lock (gate)
        {
            if (calls.Count == MaxCalls)
            {
                calls.Dequeue();
            }

            calls.Enqueue(call);
        }
    }
}
