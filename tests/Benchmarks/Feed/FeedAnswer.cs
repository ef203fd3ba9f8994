namespace Culvert.Benchmarks.Feed;

/// <summary>What came of one poll; without an epoch when there was nothing new.</summary>
internal readonly record struct FeedAnswer(int Status, long? Epoch);
