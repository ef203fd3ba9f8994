namespace Culvert.Identity.Cli.Audit;

/// <param name="Index">Its place in the log.</param>
/// <param name="Checkpoint">As the agent signed it.</param>
/// <param name="Hashes">That it is in the log.</param>
internal sealed record CallProofEntry(long Index, string Checkpoint, IReadOnlyList<byte[]> Hashes);
