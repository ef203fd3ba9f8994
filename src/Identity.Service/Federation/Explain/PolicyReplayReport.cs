namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>What an edit would have changed.</summary>
internal sealed record PolicyReplayReport
{
    public required DateTimeOffset Since { get; init; }

    /// <summary>Recorded exchanges that were evaluated.</summary>
    public required int Events { get; init; }

    /// <summary>There were more than are read at once: what is older than <see cref="Oldest"/> was not read.</summary>
    public required bool IsTruncated { get; init; }

    /// <summary>The oldest exchange that was evaluated; null = there was none.</summary>
    public required DateTimeOffset? Oldest { get; init; }

    /// <summary>Identities that pass before and after.</summary>
    public required int StillAllowed { get; init; }

    /// <summary>Identities that fail before and after.</summary>
    public required int StillDenied { get; init; }

    /// <summary>Most frequent first; all of them, to be cut where they are shown.</summary>
    public required IReadOnlyList<ReplayedIdentity> NewlyAllowed { get; init; }

    public required IReadOnlyList<ReplayedIdentity> NewlyDenied { get; init; }
}
