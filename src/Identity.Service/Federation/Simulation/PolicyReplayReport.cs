namespace Culvert.Identity.Service.Federation.Simulation;

internal sealed record PolicyReplayReport
{
    public required DateTimeOffset Since { get; init; }

    public required int Events { get; init; }

    /// <summary>There were too many for one replay: exchanges before <see cref="Oldest"/> were not read.</summary>
    public required bool IsTruncated { get; init; }

    /// <summary>The oldest exchange that was evaluated; null if there was none.</summary>
    public required DateTimeOffset? Oldest { get; init; }

    public required int StillAllowed { get; init; }

    public required int StillDenied { get; init; }

    /// <summary>All of them, most frequent first.</summary>
    public required IReadOnlyList<ReplayedIdentity> NewlyAllowed { get; init; }

    public required IReadOnlyList<ReplayedIdentity> NewlyDenied { get; init; }
}
