namespace Culvert.Identity.Cli.Audit;

/// <param name="Index">Its index in the log.</param>
/// <param name="Checkpoint">As the agent signed it.</param>
/// <param name="Hashes">The inclusion proof.</param>
internal sealed record CallProofEntry(long Index, string Checkpoint, IReadOnlyList<byte[]> Hashes);
