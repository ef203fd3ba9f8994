namespace Culvert.Identity.Service.Tunnels.Machines;

/// <param name="Since">The revision that the machine has; -1 = none.</param>
/// <param name="Held">Digest of the feed that it uses; null = not sent.</param>
/// <param name="Began">On the monotonic clock.</param>
internal sealed record FeedPoll(long Since, string? Held, TimeSpan Wait, long Began);
