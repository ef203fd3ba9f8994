namespace Culvert.Machine.Client.Dialects;

/// <summary>The answer to a long poll.</summary>
/// <param name="Feed">The feed when its revision is newer than the known one; null when the wait timed out.</param>
public sealed record FeedAnswer<T>(T? Feed)
    where T : class;
