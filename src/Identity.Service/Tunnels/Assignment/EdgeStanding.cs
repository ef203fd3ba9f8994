namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <summary>A registered, unarchived edge as far as assignment is concerned.</summary>
/// <param name="Id">Stable for the life of the edge.</param>
/// <param name="IsAvailable">
/// False while it drains and until it has reported for the first time: it is assigned a tunnel only when no other edge is
/// left then.
/// </param>
internal sealed record EdgeStanding(string Id, bool IsAvailable);
