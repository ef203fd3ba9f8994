using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Clock;

internal static class ClockErrors
{
    public static readonly ErrorCode Unsynchronised = new(
        "clock.unsynchronised",
        503,
        "The service does not trust its clock.",
        "The wall clock stepped by more than the leeway against the monotonic clock, or is before the last decision.",
        "Check the host's time synchronisation; then run `culvert clock confirm`, unless the clock has recovered."
    );
}
