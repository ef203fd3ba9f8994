namespace Culvert.Platform.Wire;

/// <summary>An operator disconnected an agent: connections with a lower number must close.</summary>
public sealed record EdgeFeedDisconnect
{
    public required string InstanceId { get; init; }

    /// <summary>Increases with every disconnection of that instance.</summary>
    public required long Number { get; init; }
}
