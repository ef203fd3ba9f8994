namespace Culvert.Identity.Service.Settings;

/// <summary>
/// The current options of one section. A reload replaces them as a whole: an operation that needs two of them reads
/// <see cref="Value"/> once. Values derived from them must be derived again when they change.
/// </summary>
/// <typeparam name="T">Immutable.</typeparam>
#pragma warning disable CA1001 // Never disposed of, on purpose: see the field.
internal sealed class Current<T>(T value)
    where T : class
#pragma warning restore CA1001
{
    private volatile T current = value;

    // It has neither a timer nor a wait handle, so there is nothing to dispose of.
    private CancellationTokenSource change = new();

    /// <summary>Cheap enough to read for each request: it reads one field.</summary>
    public T Value => current;

    /// <summary>
    /// Cancelled by the next change, for waits whose length is an option. Take it before <see cref="Value"/>, so that a
    /// change in between ends the wait.
    /// </summary>
    public CancellationToken Change => Volatile.Read(ref change).Token;

    /// <summary>Replaces the options; equal ones change nothing.</summary>
    public void Use(T next)
    {
        if (next.Equals(current))
        {
            return;
        }

        current = next;
        // Not on this thread: thousands of waits may complete.
        _ = Interlocked.Exchange(ref change, new CancellationTokenSource()).CancelAsync();
    }
}
