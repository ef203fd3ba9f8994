namespace Culvert.Identity.Service.Clock;

/// <param name="Tolerance">The maximum deviation of the wall clock from the expected time.</param>
internal sealed record ClockOptions(TimeSpan Tolerance);
