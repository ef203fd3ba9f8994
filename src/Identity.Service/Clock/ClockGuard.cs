using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Clock;

/// <summary>
/// Compares the wall clock with the monotonic clock. Lifetimes are counted by the wall clock: if it steps back, expired
/// credentials become valid again, and after a step forward, new ones live too long once the clock is corrected. So after a
/// step nothing is issued until the clocks agree again or an operator confirms it.
/// </summary>
/// <remarks>
/// <code>
/// state     wall clock agrees          it does not
/// trusted   the anchor may move on     → alarmed: logged, counted, audited
/// alarmed   → trusted                  stays, until Confirm moves the anchor
/// </code>
/// A machine that was suspended looks like a step forward: its monotonic clock did not run.
/// </remarks>
internal sealed class ClockGuard(
    IJournal journal,
    AuditLog audit,
    Current<ClockOptions> options,
    StoreNode node,
    TimeProvider time,
    ILogger<ClockGuard> logger
) : IHostedService
{
    // Both clocks are disciplined in the same way, but a drift over months is not a step.
    private static readonly TimeSpan AnchorLife = TimeSpan.FromMinutes(10);

    private const int MostReadings = 10;

    private static readonly TimeSpan LongestReading = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();

    // Replaced whole; read without the gate.
    private volatile Anchor anchor = Read(time);
    private volatile ClockAlarm? alarm;

    /// <summary>The maximum deviation of the wall clock from the expected time.</summary>
    public TimeSpan Tolerance => options.Value.Tolerance;

    /// <summary>Null = the wall clock is trusted. Checked at every call, with three clock readings.</summary>
    public ClockAlarm? Check()
    {
        var from = anchor;
        var present = Read(time);
        var elapsed = time.GetElapsedTime(from.Timestamp, present.Timestamp);
        var step = present.At - (from.At + elapsed);
        var agrees = step.Duration() <= Tolerance;
        if (agrees && alarm is null && elapsed < AnchorLife)
        {
            return null;
        }

        return Judge(from, present, step, agrees);
    }

    /// <summary>The refusal of every operation that issues something; null = allowed.</summary>
    public Refusal? RefusalIfAlarmed() => Check() is null ? null : ClockErrors.Unsynchronised.Refuse();

    /// <summary>
    /// The time for expiry checks: while the clock is behind, the expected time, so that nothing expired becomes valid
    /// again.
    /// </summary>
    public DateTimeOffset LatestNow()
    {
        var from = anchor;
        var present = Read(time);
        var expected = from.At + time.GetElapsedTime(from.Timestamp, present.Timestamp);
        return expected - present.At > Tolerance ? expected : present.At;
    }

    public ClockStatus Status()
    {
        var raised = Check();
        var from = anchor;
        var present = Read(time);
        return new ClockStatus
        {
            IsTrusted = raised is null,
            Now = present.At,
            Expected = from.At + time.GetElapsedTime(from.Timestamp, present.Timestamp),
            AlarmedAt = raised?.At,
        };
    }

    /// <summary>Trusts the wall clock as it is, on an operator's decision.</summary>
    public void Confirm()
    {
        lock (gate)
        {
            anchor = Read(time);
            EndAlarm_NeedsGate();
        }
    }

    /// <summary>
    /// The monotonic clock starts with the machine, but the last decision shows whether the wall clock has stepped back
    /// since. So does an open alarm: a decision after a step back has a wrong time itself.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var decided = await audit.LatestAsync(cancellationToken);
        var expected = await audit.LastClockEntryAsync(node.Name, cancellationToken)
            is (AuditEvents.ClockAlarm, var at, { } body)
            ? at - ClockEvents.ReadStep(body)
            : (DateTimeOffset?)null;
        var latest = expected > decided ? expected : decided;
        if (latest - time.GetUtcNow() > Tolerance)
        {
            anchor = new Anchor(latest!.Value, time.GetTimestamp());
            Check();
        }

        ServiceMeters.ClockTrusted.Record(alarm is null ? 1 : 0);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // If the process or virtual machine is paused between the readings, the clocks appear to differ by the pause: a reading
    // that took long is repeated.
    private static Anchor Read(TimeProvider time)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = time.GetTimestamp();
            var at = time.GetUtcNow();
            if (time.GetElapsedTime(before) < LongestReading || attempt == MostReadings)
            {
                return new Anchor(at, before);
            }
        }
    }

    private ClockAlarm? Judge(Anchor from, Anchor present, TimeSpan step, bool agrees)
    {
        lock (gate)
        {
            if (!ReferenceEquals(anchor, from))
            {
                return alarm; // another operator has decided meanwhile
            }

            if (agrees)
            {
                anchor = present;
                EndAlarm_NeedsGate();
            }
            else if (alarm is null)
            {
                alarm = new ClockAlarm(present.At, step);
                ServiceMeters.ClockTrusted.Record(0);
                ServiceMeters.ClockAlarms.Add(1);
                Log.ClockStepped(logger, (long)step.TotalSeconds);
                _ = RecordAsync(alarm);
            }

            return alarm;
        }
    }

    private void EndAlarm_NeedsGate()
    {
        if (alarm is not null)
        {
            alarm = null;
            ServiceMeters.ClockTrusted.Record(1);
            Log.ClockTrusted(logger);
        }
    }

    private async Task RecordAsync(ClockAlarm raised)
    {
        try
        {
            var result = await journal.CommitAsync(
                new Decision { Event = ClockEvents.Alarmed(raised) },
                CancellationToken.None
            );
            if (!result.IsCommitted)
            {
                Log.ClockAlarmNotRecorded(logger, result.Outcome.ToString());
            }
        }
        catch (Exception fault)
        {
            // The root of a task: the alarm is in force even if it could not be recorded.
            Log.ClockAlarmNotRecorded(logger, fault.GetType().Name);
        }
    }

    /// <summary>The readings of both clocks at one moment.</summary>
    private sealed record Anchor(DateTimeOffset At, long Timestamp);
}
