namespace Culvert.Identity.Cli.Audit;

/// <summary>What holds of an agent's record of calls.</summary>
/// <param name="Records">Lines that were read.</param>
/// <param name="First">The first record's number.</param>
/// <param name="Last">The last record's number.</param>
/// <param name="ProvenUpTo">Order and completeness hold up to this record.</param>
/// <param name="LogSize">Entries of the log that proves it.</param>
/// <param name="Continues">Entries of the earlier tree that it was proven to continue; null = none was given.</param>
/// <param name="Findings">What does not hold; empty = all does.</param>
internal sealed record CallReport(
    long Records,
    long First,
    long Last,
    long ProvenUpTo,
    long LogSize,
    long? Continues,
    IReadOnlyList<string> Findings
)
{
    /// <summary>The trusted witnesses that cosigned the tree head.</summary>
    public IReadOnlyList<string> Witnesses { get; init; } = [];
}
