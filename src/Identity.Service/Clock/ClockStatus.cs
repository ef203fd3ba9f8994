namespace Culvert.Identity.Service.Clock;

/// <summary>Both clocks, for comparison by an operator.</summary>
internal sealed record ClockStatus
{
    public required bool IsTrusted { get; init; }

    /// <summary>The time of the wall clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The time expected from the monotonic clock.</summary>
    public required DateTimeOffset Expected { get; init; }

    public DateTimeOffset? AlarmedAt { get; init; }
}
