namespace Culvert.Identity.Service.Storage;

/// <summary>Notifies this node of committed changes: its own from the journal, other nodes' from the database.</summary>
internal sealed class ChangeHub(TimeProvider time, JournalOptions options, ILogger<ChangeHub> logger)
    : IChanges,
        IRevisions,
        IDisposable
{
    /// <summary>How long the counters may be unread, or a seen change without effect, before nothing is granted.</summary>
    public static readonly TimeSpan MaxBlindness = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stopping = new();
    private int isDisposed;
    private readonly Lock gate = new();
    private volatile ChangeSubscription[] subscriptions = [];
    private volatile ChangeCounters counters = ChangeCounters.Zero;
    private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Null = this node is the only writer, so it is always current.
    private volatile Func<TimeSpan>? blindness;

    public ChangeCounters Counters => counters;

    public long Current => counters[ChangeTopics.Feed];

    bool IRevisions.IsCurrent => IsCurrent(ChangeTopics.Feed);

    public bool IsCurrent(ChangeTopics topics)
    {
        if (blindness is { } since && since() > MaxBlindness)
        {
            return false;
        }

        foreach (var subscription in subscriptions)
        {
            if (subscription.Concerns(topics) && subscription.Lag > MaxBlindness)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Sets how to measure the time since the counters were last read; used when other nodes write too.</summary>
    public void WatchedBy(Func<TimeSpan> sinceSeen) => blindness = sinceSeen;

    /// <summary>Sets the initial counters when this node opens the store; no state has been read before.</summary>
    public void Start(ChangeCounters opened)
    {
        lock (gate)
        {
            counters = counters.Merge(opened).Newest;
        }
    }

    /// <summary>Records counters that were read from, or committed to, the database; older ones are ignored.</summary>
    public void Observe(ChangeCounters seen)
    {
        ChangeTopics topics;
        lock (gate)
        {
            (counters, topics) = counters.Merge(seen);

            // The delivery is requested before any caller sees the new counters: a caller's commit is answered after its
            // change is delivered.
            foreach (var subscription in subscriptions)
            {
                if (subscription.Concerns(topics))
                {
                    subscription.Request();
                }
            }
        }

        if (topics.HasFlag(ChangeTopics.Feed))
        {
            Interlocked
                .Exchange(ref moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))
                .SetResult();
        }
    }

    public Action Subscribe(ChangeTopics topics, Func<CancellationToken, Task> handler)
    {
        var added = new ChangeSubscription(topics, handler, time, options.Pulse, logger, stopping.Token);
        lock (gate)
        {
            subscriptions = [.. subscriptions, added];
        }

        return added.Retry;
    }

    public Task WhenDeliveredAsync(ChangeTopics topics) =>
        Task.WhenAll(subscriptions.Where(s => s.Concerns(topics)).Select(s => s.WhenDoneAsync()));

    public async ValueTask<bool> WaitBeyondAsync(long since, TimeSpan wait, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            // The signal is taken before the counter is read: a change in between completes it.
            var signal = Volatile.Read(ref moved).Task;
            if (Current > since)
            {
                return true;
            }

            var left = wait - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            // Thousands of callers wait here: each costs one continuation and one timer, and a timeout throws nothing.
            await signal
                .WaitAsync(left, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    // The container registers the hub as three services and disposes of each.
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) == 0)
        {
            stopping.Cancel();
            stopping.Dispose();
        }
    }
}
