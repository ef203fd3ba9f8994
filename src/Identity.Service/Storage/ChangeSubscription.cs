using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Storage;

internal sealed class ChangeSubscription(
    ChangeTopics topics,
    Func<CancellationToken, Task> handler,
    TimeProvider time,
    TimeProvider pulse,
    ILogger logger,
    CancellationToken stopping
)
{
    private const long Nothing = long.MinValue;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly FailureSeries failures = new(time);

    // Guards all below.
    private readonly Lock gate = new();
    private readonly List<(long Run, TaskCompletionSource Waiter)> waiters = [];
    private long requested;
    private long tried;
    private long done;
    private bool isRetryDue;
    private TaskCompletionSource? pause;
    private bool isRunning;

    // When the oldest change without effect was seen, and the oldest that the current run may have missed; of the pulse
    // clock. Written under the gate; the first is read without it.
    private long pendingSince = Nothing;
    private long missedSince = Nothing;

    /// <summary>How long a seen change has had no effect; zero = there is none.</summary>
    public TimeSpan Lag =>
        Interlocked.Read(ref pendingSince) is var since && since == Nothing
            ? TimeSpan.Zero
            : pulse.GetElapsedTime(since);

    public bool Concerns(ChangeTopics changed) => (topics & changed) != ChangeTopics.None;

    public void Request()
    {
        lock (gate)
        {
            requested++;
            var now = pulse.GetTimestamp();
            missedSince = missedSince == Nothing ? now : missedSince;
            if (pendingSince == Nothing)
            {
                Interlocked.Exchange(ref pendingSince, now);
            }

            pause?.TrySetResult();
            if (isRunning)
            {
                return;
            }

            isRunning = true;
        }

        _ = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Requests one more run, a second later or with the next change; a run in progress does not count.</summary>
    public void Retry()
    {
        lock (gate)
        {
            isRetryDue = true;
            if (isRunning)
            {
                return;
            }

            isRunning = true;
        }

        _ = Task.Run(WaitAndRunAsync, CancellationToken.None);
    }

    public Task WhenDoneAsync()
    {
        lock (gate)
        {
            if (tried >= requested)
            {
                return Task.CompletedTask;
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters.Add((requested, waiter));
            return waiter.Task;
        }
    }

    private async Task WaitAndRunAsync()
    {
        await WaitAsync();
        await RunAsync();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            long run;
            lock (gate)
            {
                if ((done >= requested && !isRetryDue) || stopping.IsCancellationRequested)
                {
                    isRunning = false;
                    Release_NeedsLock(long.MaxValue);
                    return;
                }

                run = requested;
                isRetryDue = false;
                missedSince = Nothing;
            }

            var succeeded = await TryHandleAsync();
            lock (gate)
            {
                tried = run;
                isRetryDue |= !succeeded;
                if (succeeded)
                {
                    done = run;
                    Interlocked.Exchange(ref pendingSince, missedSince);
                }

                Release_NeedsLock(run);
            }

            if (!succeeded)
            {
                await WaitAsync();
            }
        }
    }

    // Waits a second, or until the next change, which must take effect immediately.
    private async Task WaitAsync()
    {
        Task changed;
        lock (gate)
        {
            if (requested > tried)
            {
                return;
            }

            pause = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changed = pause.Task;
        }

        await changed.WaitAsync(RetryAfter, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<bool> TryHandleAsync()
    {
        try
        {
            await handler(stopping);
            failures.End();
            return true;
        }
        catch (Exception fault)
        {
            // The root of a background task: the subscriber knows that it is stale, and is called again.
            if (!stopping.IsCancellationRequested && failures.Next(fault) is { } logged)
            {
                Log.ChangeNotHandled(logger, topics, logged);
            }

            return false;
        }
    }

    private void Release_NeedsLock(long run)
    {
        foreach (var (_, waiter) in waiters.Where(w => w.Run <= run).ToList())
        {
            waiter.SetResult();
        }

        waiters.RemoveAll(w => w.Run <= run);
    }
}
