namespace Culvert.Identity.Service.Clock;

internal sealed record ClockStatus
{
    public required bool IsTrusted { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required DateTimeOffset Expected { get; init; }

    public DateTimeOffset? AlarmedAt { get; init; }
}
