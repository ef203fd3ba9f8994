namespace Culvert.Identity.Service.Storage;

/// <summary>One handler: its runs one after the other, and who waits for them.</summary>
internal sealed class ChangeSubscription(
    ChangeTopics topics,
    Func<CancellationToken, Task> handler,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopping
)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // Guards all below.
    private readonly Lock gate = new();
    private readonly List<(long Run, TaskCompletionSource Waiter)> waiters = [];
    private long wanted;
    private long tried;
    private long done;
    private bool isRunning;

    public bool Concerns(ChangeTopics changed) => (topics & changed) != ChangeTopics.None;

    public void Request()
    {
        lock (gate)
        {
            wanted++;
            if (isRunning)
            {
                return;
            }

            isRunning = true;
        }

        _ = Task.Run(RunAsync, CancellationToken.None);
    }

    public Task WhenDoneAsync()
    {
        lock (gate)
        {
            if (tried >= wanted)
            {
                return Task.CompletedTask;
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiters.Add((wanted, waiter));
            return waiter.Task;
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            long run;
            lock (gate)
            {
                if (done >= wanted || stopping.IsCancellationRequested)
                {
                    isRunning = false;
                    Release_NeedsLock(long.MaxValue);
                    return;
                }

                run = wanted;
            }

            var succeeded = await TryHandleAsync();
            lock (gate)
            {
                tried = run;
                done = succeeded ? run : done;
                Release_NeedsLock(run);
            }

            if (!succeeded)
            {
                await Task.Delay(RetryAfter, time, stopping).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task<bool> TryHandleAsync()
    {
        try
        {
            await handler(stopping);
            return true;
        }
        catch (Exception fault)
        {
            // The root of a background task: whoever subscribed knows that he is stale, and is asked again.
            if (!stopping.IsCancellationRequested)
            {
                Log.ChangeNotHandled(logger, topics, fault);
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
