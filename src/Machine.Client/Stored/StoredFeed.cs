namespace Culvert.Machine.Client.Stored;

internal sealed record StoredFeed<TFeed>
    where TFeed : class
{
    public required string Url { get; init; }

    public required string Subject { get; init; }

    public required DateTimeOffset LastContact { get; init; }

    public required TFeed Feed { get; init; }
}
