namespace Culvert.Identity.Service.Clock;

/// <param name="At">The wall clock's time at detection.</param>
/// <param name="Step">The deviation from the expected time; negative = it stepped back.</param>
internal sealed record ClockAlarm(DateTimeOffset At, TimeSpan Step);
