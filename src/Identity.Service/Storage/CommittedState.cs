namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Keeps what this node holds in memory as new as the store: read at the start and after each committed change of any node,
/// one reading at a time. It is stale from a failed reading to the next successful one, and while this node does not see the
/// changes of others. Nothing that rests on it may be granted then. Whatever a failed reading was for, the followed one is
/// repeated every second until a reading succeeds.
/// </summary>
/// <param name="changes">Reports committed changes.</param>
/// <param name="topics">The changes that concern it.</param>
/// <param name="onStale">
/// Logs why a reading failed, once until one succeeds; the exception is thrown after it.
/// </param>
internal sealed class CommittedState(IChanges changes, ChangeTopics topics, Action<Exception>? onStale = null)
    : IDisposable
{
    // An older reading never replaces a newer one.
    private readonly SemaphoreSlim gate = new(1);
    private volatile bool hasFailed = true;
    private bool isLogged;
    private volatile Action? retry;

    /// <summary>Whether a committed change may be missing.</summary>
    public bool IsStale => hasFailed || !changes.IsCurrent(topics);

    /// <summary>Whether the last reading failed, or there was none.</summary>
    public bool HasFailed => hasFailed;

    /// <summary>
    /// Reads again after each change and after each failed reading. Call it before the first reading: what is committed
    /// in between is not missed then.
    /// </summary>
    public void Follow(Func<CancellationToken, Task> read) => retry = changes.Subscribe(topics, read);

    /// <summary>Waits until no other reading is under way, and reads.</summary>
    public async Task ReadAsync(Func<CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        using var lease = await EnterAsync(cancellationToken);
        await ReadEnteredAsync(read, cancellationToken);
    }

    /// <summary>Waits until no other reading or change is under way. Dispose the result to let the next one begin.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        return new Lease(gate);
    }

    /// <summary>Reads; the caller has entered.</summary>
    public async Task ReadEnteredAsync(Func<CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        try
        {
            await read(cancellationToken);
            (hasFailed, isLogged) = (false, false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            hasFailed = true;
            if (!isLogged)
            {
                isLogged = true;
                onStale?.Invoke(fault);
            }

            retry?.Invoke();
            throw;
        }
    }

    public void Dispose() => gate.Dispose();

    private sealed class Lease(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
