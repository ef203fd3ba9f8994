namespace Culvert.Benchmarks.Feed;

/// <summary>What one poll returned.</summary>
/// <param name="Epoch">The epoch of the trust bundle; null if there was nothing new.</param>
/// <param name="OffBoarded">How many people the feed lists as off-boarded.</param>
internal readonly record struct FeedAnswer(int Status, long? Epoch, int OffBoarded = 0);
