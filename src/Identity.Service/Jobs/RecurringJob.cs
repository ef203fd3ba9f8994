using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Jobs;

/// <summary>
/// Work that every node does from time to time for as long as it runs. What is due follows from the store, so a round
/// that fails is reported and loses nothing: what was due stays due, and the next round finds it.
/// <see cref="JobScheduler"/> says when.
/// </summary>
/// <param name="name">Snake case: what API, log and people call it.</param>
/// <param name="description">One sentence for operators.</param>
/// <param name="interval">Between the end of a round and the next.</param>
/// <param name="time">The clock.</param>
/// <param name="beginsAtOnce">Whether the first round is not waited for.</param>
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
    private int isWanted;

    /// <summary>There is work: the next round is wanted at once.</summary>
    public event Action? Wanted;

    public string Name => name;

    public string Description => description;

    /// <summary>
    /// Between the end of a round and the next. Where it follows from options, <see cref="JobScheduler.KeepPaceAsync"/> takes
    /// a change over.
    /// </summary>
    public virtual TimeSpan Every => interval;

    public bool BeginsAtOnce => beginsAtOnce;

    /// <summary>The newest round that has ended on this node; null before the first.</summary>
    public JobRun? LastRun => last;

    public bool IsRunning => Volatile.Read(ref begun) != Volatile.Read(ref ended);

    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>Before the first round.</summary>
    public virtual Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>After the last round.</summary>
    public virtual Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public virtual void Dispose() { }

    /// <summary>There is work now. Any number of calls before a round begins count as one; those during it are for the next.</summary>
    public void Want()
    {
        if (Interlocked.Exchange(ref isWanted, 1) == 0)
        {
            Wanted?.Invoke();
        }
    }

    /// <summary>Completes when the next round ends that begins after this call.</summary>
    public async Task WhenRunAsync()
    {
        var awaited = Volatile.Read(ref begun) + 1;
        while (anEnd.Task is var next && Volatile.Read(ref ended) < awaited)
        {
            await next;
        }
    }

    /// <summary>One round, whose failure is reported; never two at a time.</summary>
    public async Task TryRoundAsync(CancellationToken cancellationToken)
    {
        var from = Time.GetUtcNow();
        string? failure = null;
        Interlocked.Increment(ref begun);
        Volatile.Write(ref isWanted, 0);
        try
        {
            await RunRoundAsync(cancellationToken);
            failures.End();
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever it was, a time limit of its own among them: what was due is found again by the next round.
            failure = fault.GetType().Name;
            ServiceMeters.JobFailures.Add(1, new KeyValuePair<string, object?>("job", Name));
            Tell(failures.Shorten(fault));
        }
        finally
        {
            last = new JobRun(from, Time.GetUtcNow(), failure);
            Interlocked.Increment(ref ended);
            Interlocked.Exchange(ref anEnd, NewEnd()).SetResult();
        }
    }

    /// <summary>One round.</summary>
    protected abstract Task RunRoundAsync(CancellationToken cancellationToken);

    /// <summary>Logs that a round failed. Of rounds that fail one after the other the first alone has a stack trace.</summary>
    protected abstract void Tell(Exception fault);

    private static TaskCompletionSource NewEnd() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
