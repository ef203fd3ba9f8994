namespace Culvert.Identity.Service.Telemetry;

/// <summary>
/// Keeps the log short while a repeated operation fails: the first failure is logged with its stack trace, then one line per
/// minute. A failure of another type starts a new series.
/// </summary>
internal sealed class FailureSeries(TimeProvider time)
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();

    // Guarded by the gate.
    private Type? last;
    private long loggedAt;

    /// <summary>The exception to log for a failure that may occur every second; null = nothing.</summary>
    public Exception? Next(Exception fault)
    {
        lock (gate)
        {
            return last == fault.GetType() && time.GetElapsedTime(loggedAt) < Between ? null : Log_NeedsLock(fault);
        }
    }

    /// <summary>The exception to log for a failure that is rare enough for a line each time.</summary>
    public Exception Shorten(Exception fault)
    {
        lock (gate)
        {
            return Log_NeedsLock(fault);
        }
    }

    public void End()
    {
        lock (gate)
        {
            last = null;
        }
    }

    private Exception Log_NeedsLock(Exception fault)
    {
        var isNew = last != fault.GetType();
        last = fault.GetType();
        loggedAt = time.GetTimestamp();
        return isNew ? fault : new RepeatedFailure(fault);
    }

    private sealed class RepeatedFailure(Exception fault)
        : Exception($"It still fails with {fault.GetType().Name}: {fault.Message}");
}
