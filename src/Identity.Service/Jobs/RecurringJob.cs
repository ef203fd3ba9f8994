using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Jobs;

/// <summary>
/// Work that every node repeats while it runs. The store determines what is due, so a failed round loses nothing: the next
/// round finds the same work. <see cref="JobScheduler"/> determines the times.
/// </summary>
/// <param name="name">Snake case: the name in API and logs.</param>
/// <param name="description">One sentence for operators.</param>
/// <param name="beginsAtOnce">Whether the first round starts immediately.</param>
internal abstract class RecurringJob(
    string name,
    string description,
    TimeSpan interval,
    TimeProvider time,
    bool beginsAtOnce = false
) : IDisposable
{
    private readonly FailureSeries failures = new(time);
    private volatile JobRun? last;
    private volatile TaskCompletionSource anEnd = NewEnd();
    private long begun;
    private long ended;
    private int isRequested;

    /// <summary>Raised when the next round should start immediately.</summary>
    public event Action? Requested;

    /// <summary>Raised with what the scheduler logs. In a series of failures, only the first has a stack trace.</summary>
    public event Action<Exception>? RoundFailed;

    public string Name => name;

    public string Description => description;

    /// <summary>
    /// The pause between two rounds. If it depends on options, <see cref="JobScheduler.WaitForPaceAsync"/> applies a change.
    /// </summary>
    public virtual TimeSpan Every => interval;

    public bool BeginsAtOnce => beginsAtOnce;

    /// <summary>The latest completed round on this node; null before the first.</summary>
    public JobRun? LastRun => last;

    public bool IsRunning => Volatile.Read(ref begun) != Volatile.Read(ref ended);

    protected TimeProvider Time { get; } = time;

    public virtual Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual void Dispose() { }

    /// <summary>Requests a round now. Calls before a round starts count as one; calls during it request another.</summary>
    public void Request()
    {
        if (Interlocked.Exchange(ref isRequested, 1) == 0)
        {
            Requested?.Invoke();
        }
    }

    /// <summary>Completes when a round ends that started after this call.</summary>
    public async Task WhenRunAsync()
    {
        var awaited = Volatile.Read(ref begun) + 1;
        while (anEnd.Task is var next && Volatile.Read(ref ended) < awaited)
        {
            await next;
        }
    }

    /// <summary>Runs one round and reports its failure; rounds never overlap.</summary>
    public async Task TryRoundAsync(CancellationToken cancellationToken)
    {
        var from = Time.GetUtcNow();
        string? failure = null;
        Interlocked.Increment(ref begun);
        Volatile.Write(ref isRequested, 0);
        try
        {
            await RunRoundAsync(cancellationToken);
            failures.End();
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // Any exception, including the job's own timeout: the next round finds the same work.
            failure = fault.GetType().Name;
            ServiceMeters.JobFailures.Add(1, new KeyValuePair<string, object?>("job", Name));
            Report(fault);
        }
        finally
        {
            last = new JobRun(from, Time.GetUtcNow(), failure);
            Interlocked.Increment(ref ended);
            Interlocked.Exchange(ref anEnd, NewEnd()).SetResult();
        }
    }

    protected abstract Task RunRoundAsync(CancellationToken cancellationToken);

    protected void Report(Exception fault) => RoundFailed?.Invoke(failures.Shorten(fault));

    private static TaskCompletionSource NewEnd() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
