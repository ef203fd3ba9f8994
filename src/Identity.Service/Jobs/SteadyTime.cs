namespace Culvert.Identity.Service.Jobs;

/// <summary>
/// A clock that ignores changes of the wall clock: it shows its creation time plus the elapsed time. A scheduler on the wall
/// clock would pause for an hour when that is set back by an hour.
/// </summary>
internal sealed class SteadyTime(TimeProvider time) : TimeProvider
{
    private readonly DateTimeOffset origin = time.GetUtcNow();
    private readonly long begun = time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => origin + time.GetElapsedTime(begun);

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);
}
