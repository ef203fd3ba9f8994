namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>One long poll.</summary>
/// <param name="Since">The revision that the machine has; -1 = none.</param>
/// <param name="Held">Digest of the feed that it has in force; null = it did not say.</param>
/// <param name="Wait">How long it waits in all.</param>
/// <param name="Began">When the wait began; of the monotonic clock.</param>
internal sealed record FeedPoll(long Since, string? Held, TimeSpan Wait, long Began);
