namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>The tunnels of other providers that the file names. A change of the file replaces those that it changes.</summary>
internal sealed class LongPollTunnels(LongPollParts parts, IReadOnlyList<LongPollSettings> initial) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();

    // Guarded by the gate. Those that end are in the second list.
    private readonly List<(LongPollTunnel Tunnel, CancellationTokenSource Stop, Task Running)> serving = [];
    private readonly List<Task> ending = [];
    private bool isStarted;

    /// <summary>Of each tunnel of the file.</summary>
    public IReadOnlyList<LongPollStatus> Status
    {
        get
        {
            lock (gate)
            {
                return [.. serving.Select(s => s.Tunnel.Status)];
            }
        }
    }

    /// <summary>Begins to poll.</summary>
    public void Start()
    {
        lock (gate)
        {
            isStarted = true;
        }

        Use(initial);
    }

    /// <summary>Puts other settings in force. A tunnel whose settings are the same continues.</summary>
    public void Use(IReadOnlyList<LongPollSettings> next)
    {
        lock (gate)
        {
            if (!isStarted || stop.IsCancellationRequested)
            {
                return;
            }

            foreach (var left in serving.Where(s => !next.Any(n => IsSame(n, s.Tunnel.Settings))).ToList())
            {
                serving.Remove(left);
                left.Stop.Cancel();
                ending.RemoveAll(t => t.IsCompleted);
                ending.Add(left.Running);
            }

            foreach (var settings in next.Where(n => !serving.Any(s => IsSame(n, s.Tunnel.Settings))))
            {
                var tunnel = new LongPollTunnel(settings, parts);
                var ended = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                serving.Add((tunnel, ended, RunAsync(tunnel, ended)));
            }
        }
    }

    /// <summary>Polls no more, and completes when the commands under way have ended.</summary>
    public async Task StopAsync()
    {
        await stop.CancelAsync();
        List<Task> running;
        lock (gate)
        {
            running = [.. serving.Select(s => s.Running), .. ending];
        }

        await Task.WhenAll(running);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stop.Dispose();
        parts.Metrics.Dispose();
    }

    private static bool IsSame(LongPollSettings left, LongPollSettings right) =>
        ReferenceEquals(left, right) || (left.Origin.Length > 0 && left.Origin == right.Origin);

    private static async Task RunAsync(LongPollTunnel tunnel, CancellationTokenSource ended)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await tunnel.RunAsync(ended.Token);
        }
        finally
        {
            tunnel.Dispose();
            ended.Dispose();
        }
    }
}
