namespace Culvert.Identity.Service.Certificates;

/// <summary>Ends a loop's pause: at the latest after a while, at once when somebody has work for it.</summary>
internal sealed class WakeSignal(TimeProvider time)
{
    private volatile TaskCompletionSource signal = New();

    /// <summary>There is work. Between two waits any number of calls count as one.</summary>
    public void Set() => signal.TrySetResult();

    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var current = signal;
        using (var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            await Task.WhenAny(current.Task, Task.Delay(atMost, time, pause.Token));
            await pause.CancelAsync();
        }

        cancellationToken.ThrowIfCancellationRequested();
        // Renewed before the work begins: what comes during it is for the next round.
        if (current.Task.IsCompleted)
        {
            signal = New();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
