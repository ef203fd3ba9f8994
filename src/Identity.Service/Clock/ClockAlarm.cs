namespace Culvert.Identity.Service.Clock;

/// <param name="At">What the wall clock said when it was noticed.</param>
/// <param name="Step">How far it is from where it should be; negative = it stepped back.</param>
internal sealed record ClockAlarm(DateTimeOffset At, TimeSpan Step);
