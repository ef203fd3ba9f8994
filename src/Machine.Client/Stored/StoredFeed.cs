namespace Culvert.Machine.Client.Stored;

/// <summary>The last good feed in the state directory.</summary>
internal sealed record StoredFeed<TFeed>
    where TFeed : class
{
    public required string Url { get; init; }

    public required string Subject { get; init; }

    /// <summary>When the service last confirmed the feed.</summary>
    public required DateTimeOffset LastContact { get; init; }

    public required TFeed Feed { get; init; }
}
