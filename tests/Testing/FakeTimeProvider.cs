namespace Culvert.Testing;

/// <summary>
/// A clock that does not move until a test moves it. Timers made from it, and so <c>Task.Delay</c>, fire inside
/// <see cref="Advance"/>, in the order of their due times, on the caller's thread.
/// </summary>
/// <remarks>
/// To other threads the clock moves at once: what a leap of an hour sets off there, a fetch with a time limit or the
/// renewal of a certificate, begins at its end.
/// A leap of more than <see cref="LongLeap"/> is made in a thousand steps, or of five seconds, as by a machine that wakes now and then: a timer
/// fires at most once in each, up to a step late. A loop that looks every second would else run 600,000 times in a week.
/// </remarks>
public sealed class FakeTimeProvider : TimeProvider
{
    private const int StepsOfLongLeap = 1000;

    private static readonly TimeSpan ShortestStep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongLeap = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private readonly List<FakeTimer> timers = [];
    private DateTimeOffset now;
    private TimeSpan stepped;
    private int? mover;
    private DateTimeOffset moveEnd;

    public FakeTimeProvider(DateTimeOffset? start = null) =>
        now = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How many timers wait to fire: how many loops are at rest, to a test that knows their number.</summary>
    public int PendingTimers
    {
        get
        {
            lock (gate)
            {
                return timers.Count;
            }
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return Now_NeedsLock();
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (gate)
        {
            return (Now_NeedsLock() - stepped).UtcTicks;
        }
    }

    /// <summary>Moves the clock forward and fires what falls due on the way.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var step =
            by <= LongLeap ? TimeSpan.Zero
            : by / StepsOfLongLeap > ShortestStep ? by / StepsOfLongLeap
            : ShortestStep;
        DateTimeOffset end;
        lock (gate)
        {
            end = now + by;
            moveEnd = end;
            mover = Environment.CurrentManagedThreadId;
        }

        try
        {
            while (NextDue(end, step) is { } timer)
            {
                timer.Fire();
            }
        }
        finally
        {
            lock (gate)
            {
                now = end;
                mover = null;
            }
        }
    }

    /// <summary>Sets the clock without firing timers: a clock jump, backward or forward.</summary>
    public void JumpTo(DateTimeOffset instant)
    {
        lock (gate)
        {
            now = instant;
        }
    }

    /// <summary>An operator sets the wall clock: no time passes, timers and timestamps do not notice.</summary>
    public void StepWallClock(TimeSpan by)
    {
        lock (gate)
        {
            now += by;
            stepped += by;
            foreach (var timer in timers)
            {
                timer.Shift_NeedsLock(by);
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private DateTimeOffset Now_NeedsLock() =>
        mover is { } thread && thread != Environment.CurrentManagedThreadId ? moveEnd : now;

    private FakeTimer? NextDue(DateTimeOffset end, TimeSpan step)
    {
        lock (gate)
        {
            var next = timers.Where(t => t.Due <= end).MinBy(t => t.Due);
            if (next is null)
            {
                return null;
            }

            if (next.Due > now)
            {
                now = next.Due + step < end ? next.Due + step : end;
                now = step == TimeSpan.Zero ? next.Due : now;
            }

            next.Reschedule_NeedsLock();
            return next;
        }
    }

    private sealed class FakeTimer(FakeTimeProvider owner, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period;

        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback(state);

        public void Shift_NeedsLock(TimeSpan by) => Due += by;

        public void Reschedule_NeedsLock()
        {
            if (period > TimeSpan.Zero)
            {
                // Ticks that the clock has passed already are one.
                Due += period * Math.Max(1, Math.Ceiling((owner.now - Due) / period));
            }
            else
            {
                owner.timers.Remove(this);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan newPeriod)
        {
            lock (owner.gate)
            {
                owner.timers.Remove(this);
                period = newPeriod;
                if (dueTime >= TimeSpan.Zero)
                {
                    Due = owner.Now_NeedsLock() + dueTime;
                    owner.timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (owner.gate)
            {
                owner.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
