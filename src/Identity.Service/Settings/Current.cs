namespace Culvert.Identity.Service.Settings;

/// <summary>
/// The options of one section as they are now. A reload replaces them whole: an operation that needs two of them reads
/// <see cref="Value"/> once. Nothing that is made from them may be kept, unless it is made again when they change.
/// </summary>
/// <typeparam name="T">Immutable.</typeparam>
/// <param name="value">What the process started with.</param>
#pragma warning disable CA1001 // Never disposed of, on purpose: see the field.
internal sealed class Current<T>(T value)
    where T : class
#pragma warning restore CA1001
{
    private volatile T current = value;

    // Has neither a timer nor a wait handle, which would be all that there is to dispose of.
    private CancellationTokenSource change = new();

    /// <summary>Costs the read of a field, so that it may be read for each request.</summary>
    public T Value => current;

    /// <summary>
    /// Cancelled by the next change, for waits whose length is one of the options. Take it before <see cref="Value"/>: a
    /// change in between then ends the wait.
    /// </summary>
    public CancellationToken Change => Volatile.Read(ref change).Token;

    /// <summary>Puts other options in force; equal ones change nothing.</summary>
    public void Use(T next)
    {
        if (next.Equals(current))
        {
            return;
        }

        current = next;
        // Not on this thread: thousands of waits may end.
        _ = Interlocked.Exchange(ref change, new CancellationTokenSource()).CancelAsync();
    }
}
