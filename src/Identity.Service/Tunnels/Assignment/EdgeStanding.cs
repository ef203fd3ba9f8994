namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <summary>A registered, unarchived edge as input of the assignment.</summary>
/// <param name="Id">Stable for the life of the edge.</param>
/// <param name="IsAvailable">
/// False while it drains and before its first report: it is then assigned only when no other edge is left.
/// </param>
internal sealed record EdgeStanding(string Id, bool IsAvailable);
