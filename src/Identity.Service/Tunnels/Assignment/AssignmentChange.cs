namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <summary>A change of the inputs of edge assignment, stored while edges that lost a tunnel by it still serve it.</summary>
/// <param name="TunnelId">The tunnel whose pins changed.</param>
/// <param name="EdgeId">The edge whose standing changed. With neither, the number of edges per tunnel changed.</param>
/// <param name="Former">The previous value: ids separated by spaces; an <see cref="EdgeAvailabilities"/>; a number.</param>
/// <param name="HaveAgentsLeft">Agents no longer connect to the edges that lost their tunnel by it.</param>
internal sealed record AssignmentChange(string? TunnelId, string? EdgeId, string Former, bool HaveAgentsLeft);
