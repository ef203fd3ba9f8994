namespace Culvert.Identity.Service.Telemetry;

/// <summary>
/// Keeps the log short while something that is tried again and again fails: the first failure is logged with its stack trace,
/// then one line a minute says that it still fails. A failure of another type is a first one.
/// </summary>
internal sealed class FailureSeries(TimeProvider time)
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();

    // Guarded by the gate.
    private Type? last;
    private long loggedAt;

    /// <summary>What to log of a failure that may come every second; null = nothing.</summary>
    public Exception? Next(Exception fault)
    {
        lock (gate)
        {
            return last == fault.GetType() && time.GetElapsedTime(loggedAt) < Between ? null : Log_NeedsLock(fault);
        }
    }

    /// <summary>What to log of a failure that is rare enough for a line each time.</summary>
    public Exception Shorten(Exception fault)
    {
        lock (gate)
        {
            return Log_NeedsLock(fault);
        }
    }

    /// <summary>The next failure is a first one again.</summary>
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

    /// <summary>Was never thrown, so that it has no stack trace.</summary>
    private sealed class RepeatedFailure(Exception fault)
        : Exception($"It still fails with {fault.GetType().Name}: {fault.Message}");
}
