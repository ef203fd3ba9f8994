namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>The drafts of a tunnel's policies that wait for a decision.</summary>
/// <param name="TunnelId">The tunnel.</param>
/// <param name="Count">How many.</param>
/// <param name="OldestAt">When the oldest was made.</param>
internal sealed record DraftCount(string TunnelId, long Count, DateTimeOffset OldestAt);
