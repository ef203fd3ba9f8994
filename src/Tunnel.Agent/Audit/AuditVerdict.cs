namespace Culvert.Tunnel.Agent.Audit;

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
