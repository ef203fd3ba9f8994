namespace Culvert.Identity.Service.Clock;

/// <param name="Tolerance">How far the wall clock may differ from what it should say.</param>
internal sealed record ClockOptions(TimeSpan Tolerance);
