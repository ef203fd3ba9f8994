namespace Culvert.Identity.Service.Jobs;

/// <summary>
/// A clock that cannot be set: it shows the time at which it was made and what has passed since. A scheduler that
/// followed the wall clock would rest for an hour when that is set back by one.
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
