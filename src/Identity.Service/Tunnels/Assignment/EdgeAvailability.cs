namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <param name="IsAvailable">
/// False while it drains and before its first report: then only assigned when no other is left.
/// </param>
internal sealed record EdgeAvailability(string Id, bool IsAvailable);
