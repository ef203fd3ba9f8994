namespace Culvert.Identity.Service.Clock;

/// <summary>Both clocks, as an operator compares them.</summary>
internal sealed record ClockStatus
{
    public required bool IsTrusted { get; init; }

    /// <summary>The wall clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>What it should say by the clock that cannot be set.</summary>
    public required DateTimeOffset Expected { get; init; }

    public DateTimeOffset? AlarmedAt { get; init; }
}
