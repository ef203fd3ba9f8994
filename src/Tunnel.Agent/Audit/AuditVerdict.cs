namespace Culvert.Tunnel.Agent.Audit;

/// <summary>What the files of a trail were found to be.</summary>
/// <param name="Records">Lines that were read.</param>
/// <param name="First">The first record's number; 0 = none.</param>
/// <param name="Last">The last record's number; 0 = none.</param>
/// <param name="Head">The last record's hash.</param>
/// <param name="HasTornTail">The last line is incomplete: a crash, repaired at the next start, or a write in
/// progress.</param>
/// <param name="Findings">None when all is as it was written.</param>
internal sealed record AuditVerdict(
    long Records,
    long First,
    long Last,
    string Head,
    bool HasTornTail,
    IReadOnlyList<AuditFinding> Findings
)
{
    /// <summary>The newest record that was noted elsewhere; null = none was given.</summary>
    public long? ProvenTo { get; init; }
}
