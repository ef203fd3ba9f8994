namespace Culvert.Tunnel.Agent.Hosting;

internal static class BackgroundTasks
{
    // A background task that ends before the stop is a bug; without it the agent would look healthy for a while.
    public static async Task WaitForStopAsync(Task[] running, CancellationToken cancellationToken)
    {
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        var faulted = Task.WhenAny(running.Select(WaitForFailureAsync));
        if (await Task.WhenAny(stopped, faulted) == faulted)
        {
            await await faulted;
        }
    }

    private static async Task WaitForFailureAsync(Task task)
    {
        await task;
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
    }

    public static async Task WaitForEndAsync(Task[] running)
    {
        try
        {
            await Task.WhenAll(running);
        }
        catch (OperationCanceledException)
        {
            // The expected end.
        }
    }
}
