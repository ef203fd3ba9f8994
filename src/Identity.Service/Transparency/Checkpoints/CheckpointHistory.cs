namespace Culvert.Identity.Service.Transparency.Checkpoints;

/// <summary>What is known of an agent when it sends a checkpoint.</summary>
/// <param name="Highest">The largest sequence that it signed and that contradicted nothing; 0 = none.</param>
/// <param name="HighestSignedAt">When it signed that one.</param>
/// <param name="LatestReceivedAt">When its last one came; null = there is none.</param>
/// <param name="LatestAlarm">What that last one contradicted.</param>
/// <param name="Heads">The heads that it signed for the sequence in question.</param>
internal sealed record CheckpointHistory(
    long Highest,
    DateTimeOffset HighestSignedAt,
    DateTimeOffset? LatestReceivedAt,
    string? LatestAlarm,
    IReadOnlyList<string> Heads
);
