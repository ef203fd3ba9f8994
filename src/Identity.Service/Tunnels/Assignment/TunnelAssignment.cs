namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <param name="Assigned">The edges that clients use, best first.</param>
/// <param name="Leaving">They lost the tunnel, and serve it until clients use the assigned ones.</param>
/// <param name="Left">They lost the tunnel, and agents leave them; running calls may finish.</param>
internal sealed record TunnelAssignment(
    IReadOnlyList<string> Assigned,
    IReadOnlyList<string> Leaving,
    IReadOnlyList<string> Left
)
{
    /// <summary>The edges that agents connect to, the assigned ones first.</summary>
    public IEnumerable<string> Dialed => Assigned.Concat(Leaving);

    public bool IsKnownTo(string edgeId) => Dialed.Concat(Left).Contains(edgeId, StringComparer.Ordinal);
}
