namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <summary>
/// A change of what decides which edges a tunnel has. It is kept while the edges that lost a tunnel by it still serve that
/// tunnel.
/// </summary>
/// <param name="TunnelId">The tunnel whose pins changed.</param>
/// <param name="EdgeId">The edge whose standing changed. With neither, the number of edges per tunnel changed.</param>
/// <param name="Former">What it was before: ids joined by blanks; one of <see cref="EdgeStandings"/>; a number.</param>
/// <param name="HaveAgentsLeft">Agents no longer dial the edges that lost their tunnel by it.</param>
internal sealed record AssignmentChange(string? TunnelId, string? EdgeId, string Former, bool HaveAgentsLeft);
