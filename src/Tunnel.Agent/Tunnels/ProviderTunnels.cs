namespace Culvert.Tunnel.Agent.Tunnels;

/// <summary>The configured tunnels of one kind. A reload replaces those that have changed; the others continue.</summary>
internal abstract class ProviderTunnels<TSettings, TTunnel>(IReadOnlyList<TSettings> initial) : IAsyncDisposable
    where TSettings : class, IProviderSettings
    where TTunnel : class, IProviderTunnel<TSettings>
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();

    // Guarded by gate. Stopped tunnels that still drain are in the second list.
    private readonly List<(TTunnel Tunnel, CancellationTokenSource Stop, Task Running)> serving = [];
    private readonly List<Task> ending = [];
    private bool isStarted;

    protected IReadOnlyList<TTunnel> Serving
    {
        get
        {
            lock (gate)
            {
                return [.. serving.Select(s => s.Tunnel)];
            }
        }
    }

    public void Start()
    {
        lock (gate)
        {
            isStarted = true;
        }

        Use(initial);
    }

    /// <summary>Applies other settings. A tunnel whose settings are the same continues.</summary>
    public void Use(IReadOnlyList<TSettings> next)
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
                var tunnel = Create(settings);
                var ended = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                serving.Add((tunnel, ended, RunAsync(tunnel, ended)));
            }
        }
    }

    /// <summary>Accepts nothing more, and completes when the running work has ended.</summary>
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
        DisposeShared();
    }

    /// <summary>Creates a tunnel that does not serve yet.</summary>
    protected abstract TTunnel Create(TSettings settings);

    protected abstract void DisposeShared();

    private static bool IsSame(TSettings left, TSettings right) =>
        ReferenceEquals(left, right) || (left.Origin.Length > 0 && left.Origin == right.Origin);

    private static async Task RunAsync(TTunnel tunnel, CancellationTokenSource ended)
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
