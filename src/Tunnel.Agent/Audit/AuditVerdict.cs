namespace Culvert.Tunnel.Agent.Audit;

/// <summary>The result of verifying the files of a trail.</summary>
/// <param name="First">The first record's number; 0 = none.</param>
/// <param name="Last">The last record's number; 0 = none.</param>
/// <param name="HasTornTail">The last line is incomplete: a crash, repaired at the next start, or a write in
/// progress.</param>
/// <param name="Findings">Empty when the files are unchanged.</param>
internal sealed record AuditVerdict(
    long Records,
    long First,
    long Last,
    string Head,
    bool HasTornTail,
    IReadOnlyList<AuditFinding> Findings
)
{
    /// <summary>The newest record that an anchor proves; null without anchors.</summary>
    public long? ProvenTo { get; init; }
}
