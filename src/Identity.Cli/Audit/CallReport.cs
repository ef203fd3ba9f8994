namespace Culvert.Identity.Cli.Audit;

/// <summary>The result of verifying an agent's record of calls.</summary>
/// <param name="Records">The number of records that were read.</param>
/// <param name="ProvenUpTo">Order and completeness are proven up to this record.</param>
/// <param name="LogSize">Entries of the transparency log.</param>
/// <param name="Continues">Size of the earlier tree that it was proven to continue; null = none was given.</param>
/// <param name="Findings">What failed; empty = everything was verified.</param>
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
    public IReadOnlyList<string> Witnesses { get; init; } = [];
}
