namespace Culvert.Platform.Timing;

/// <summary>
/// A limit on the time of an operation that its caller can cancel. An <see cref="OperationCanceledException"/> while the
/// caller has not cancelled means that the time is over.
/// </summary>
public sealed class TimeLimit : IDisposable
{
    private readonly CancellationTokenSource limit;
    private readonly CancellationTokenSource either;

    public TimeLimit(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        limit = new CancellationTokenSource(longest, time);
        either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
    }

    /// <summary>Cancelled by the time or by the caller.</summary>
    public CancellationToken Token => either.Token;

    /// <summary>Whether the time is over, whatever the caller does.</summary>
    public bool IsOver => limit.IsCancellationRequested;

    public void Dispose()
    {
        either.Dispose();
        limit.Dispose();
    }
}
