namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Keeps state that this node caches up to date with the store: reads it at the start and after each committed change of any
/// node, one read at a time. The state is stale after a failed read until one succeeds, and while this node does not see
/// other nodes' changes. Nothing that depends on stale state may be granted. After a failed read, the followed read is
/// repeated every second until it succeeds.
/// </summary>
/// <param name="onStale">Logs why a read failed, once until one succeeds; the exception is then rethrown.</param>
internal sealed class CommittedState(IChanges changes, ChangeTopics topics, Action<Exception>? onStale = null)
    : IDisposable
{
    // An older read must never replace a newer one.
    private readonly SemaphoreSlim gate = new(1);
    private volatile bool hasFailed = true;
    private bool isLogged;
    private volatile Action? retry;

    public bool IsStale => hasFailed || !changes.IsCurrent(topics);

    /// <summary>Whether the last read failed, or none was made.</summary>
    public bool HasFailed => hasFailed;

    /// <summary>
    /// Reads again after each change and each failed read. Call it before the first read, so that no change in between is
    /// missed.
    /// </summary>
    public void Follow(Func<CancellationToken, Task> read) => retry = changes.Subscribe(topics, read);

    public async Task ReadAsync(Func<CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        using var lease = await EnterAsync(cancellationToken);
        await ReadEnteredAsync(read, cancellationToken);
    }

    /// <summary>Waits for other reads and changes to complete. Disposing the result admits the next one.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        return new Lease(gate);
    }

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
