namespace Culvert.Identity.Service.Transparency.Checkpoints;

/// <summary>The earlier checkpoints of an agent, for judging a new one.</summary>
/// <param name="Highest">The highest sequence that it signed without a contradiction; 0 = none.</param>
/// <param name="HighestSignedAt">When it signed that one.</param>
/// <param name="LatestReceivedAt">When its latest one was received; null = there is none.</param>
/// <param name="Heads">The heads that it signed for the sequence in question.</param>
internal sealed record CheckpointHistory(
    long Highest,
    DateTimeOffset HighestSignedAt,
    DateTimeOffset? LatestReceivedAt,
    string? LatestAlarm,
    IReadOnlyList<string> Heads
);
