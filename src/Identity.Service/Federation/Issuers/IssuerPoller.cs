using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Fetches keys before an exchange needs them. One timer for all issuers, set to the earliest due time, so that a
/// thousand idle issuers cost nothing in between. Each node polls for itself; jitter keeps the nodes apart.
/// </summary>
internal sealed class IssuerPoller(
    FederationDirectory directory,
    IssuerControls controls,
    Current<FederationOptions> options,
    TimeProvider time,
    ILogger<IssuerPoller> logger
) : IHostedService, IAsyncDisposable
{
    // New issuers, and states that begin by time alone, are detected with at most this delay.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromSeconds(1);

    private readonly Derived<FederationOptions, SemaphoreSlim> concurrency = new(
        options,
        current => new SemaphoreSlim(current.Fetch.Concurrency)
    );

    private readonly CancellationTokenSource stopping = new();
    private ITimer? timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        timer = time.CreateTimer(_ => Sweep(), null, ShortestSleep, Timeout.InfiniteTimeSpan);
        controls.Changed += Wake;
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        controls.Changed -= Wake;
        await stopping.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (timer is not null)
        {
            await timer.DisposeAsync();
        }

        stopping.Dispose();
    }

    private void Wake() => timer?.Change(ShortestSleep, Timeout.InfiniteTimeSpan);

    private void Sweep()
    {
        if (stopping.IsCancellationRequested)
        {
            return;
        }

        var next = LongestSleep;
        try
        {
            var now = time.GetUtcNow();
            foreach (var keys in directory.Current.AllKeys)
            {
                if (keys.NextPollAt is not { } due)
                {
                    continue;
                }

                if (due <= now)
                {
                    _ = PollAsync(keys);
                }
                else if (due - now < next)
                {
                    next = due - now;
                }
            }
        }
        catch (Exception fault)
        {
            // The root of a timer's task: the next sweep must run after any failure.
            Log.PollFaulted(logger, fault);
        }

        timer!.Change(next < ShortestSleep ? ShortestSleep : next, Timeout.InfiniteTimeSpan);
    }

    private async Task PollAsync(IssuerKeys keys)
    {
        // After a change, running fetches finish under the previous limit.
        var slots = concurrency.Value;
        try
        {
            await slots.WaitAsync(stopping.Token);
        }
        catch (Exception ending) when (ending is OperationCanceledException or ObjectDisposedException)
        {
            return;
        }

        try
        {
            // Another task may have fetched while this one waited for a slot.
            if (keys.PollIfDue(isAsked: false) is { } fetching)
            {
                await fetching;
            }
        }
        finally
        {
            slots.Release();
        }
    }
}
