namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>Policy drafts of a tunnel that wait for a decision.</summary>
/// <param name="OldestAt">When the oldest one was created.</param>
internal sealed record DraftCount(string TunnelId, long Count, DateTimeOffset OldestAt);
