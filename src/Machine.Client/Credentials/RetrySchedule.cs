using Culvert.Machine.Client.Calls;

namespace Culvert.Machine.Client.Credentials;

/// <summary>
/// When the next attempt may be made after failures in a row: back-off that leaves several tries in what is left of
/// the life, and never before the service said. One loop owns it; <see cref="Waive"/> alone may come from others.
/// </summary>
internal sealed class RetrySchedule(TimeProvider time, Func<double> unit)
{
    private DateTimeOffset retryAt;
    private int failures;
    private volatile bool isWaived;

    /// <summary>Before this no attempt is made; in the past while nothing has failed.</summary>
    public DateTimeOffset NotBefore => isWaived ? DateTimeOffset.MinValue : retryAt;

    /// <summary>
    /// Ends the wait: the reason for it is gone. It holds for one attempt, and for the next one when it comes while an
    /// attempt is under way, since that one may have begun before the reason went.
    /// </summary>
    public void Waive() => isWaived = true;

    /// <summary>An attempt begins.</summary>
    public void Begin() => isWaived = false;

    /// <summary>The attempt succeeded.</summary>
    public void Succeed()
    {
        failures = 0;
        retryAt = DateTimeOffset.MinValue;
    }

    /// <summary>The attempt failed.</summary>
    /// <param name="failure">Why, with the service's own wish for the wait, if it has one.</param>
    /// <param name="notAfter">When what is to be renewed ends; null when there is nothing.</param>
    /// <returns>The wait until the next.</returns>
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
