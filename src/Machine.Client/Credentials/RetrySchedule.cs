using Culvert.Machine.Client.Calls;

namespace Culvert.Machine.Client.Credentials;

/// <summary>
/// When the next attempt is allowed after failures: a back-off that leaves several attempts in the remaining life and
/// respects Retry-After. One loop owns it; others may call only <see cref="Waive"/>.
/// </summary>
internal sealed class RetrySchedule(TimeProvider time, Func<double> unit)
{
    private DateTimeOffset retryAt;
    private int failures;
    private volatile bool isWaived;

    /// <summary>No attempt is made before this; in the past while nothing has failed.</summary>
    public DateTimeOffset NotBefore => isWaived ? DateTimeOffset.MinValue : retryAt;

    /// <summary>Ends the wait for one attempt. A call during an attempt counts for the next one.</summary>
    public void Waive() => isWaived = true;

    public void Begin() => isWaived = false;

    public void Succeed()
    {
        failures = 0;
        retryAt = DateTimeOffset.MinValue;
    }

    /// <param name="failure">The failure, with the service's Retry-After if it sent one.</param>
    /// <param name="notAfter">When what is to be renewed expires; null when there is nothing.</param>
    public TimeSpan Fail(ApiFailure failure, DateTimeOffset? notAfter)
    {
        failures++;
        var now = time.GetUtcNow();
        var remaining = notAfter is { } end ? end - now : TimeSpan.Zero;
        var delay = RenewalPlan.RetryAfter(failures, remaining, unit());
        delay = failure.RetryAfter > delay ? failure.RetryAfter.Value : delay;
        retryAt = now + delay;
        return delay;
    }
}
