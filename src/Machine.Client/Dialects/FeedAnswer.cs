namespace Culvert.Machine.Client.Dialects;

/// <summary>The answer to a long poll.</summary>
/// <param name="Feed">The feed when its revision is beyond the one asked about; null when the wait ended first.</param>
/// <typeparam name="T">The agent's or the edge's feed.</typeparam>
public sealed record FeedAnswer<T>(T? Feed)
    where T : class;
