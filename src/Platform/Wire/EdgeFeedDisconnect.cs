namespace Culvert.Platform.Wire;

/// <summary>An operator disconnected an agent: connections with a lower number must close.</summary>
/// <param name="Number">Increases with every disconnection of that instance.</param>
public sealed record EdgeFeedDisconnect(string InstanceId, long Number);
