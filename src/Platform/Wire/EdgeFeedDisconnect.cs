using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>An operator has disconnected an agent: connections made under a lower number are to end.</summary>
public sealed record EdgeFeedDisconnect
{
    [JsonPropertyName("instance_id")]
    public required string InstanceId { get; init; }

    /// <summary>Grows with every disconnection of that instance.</summary>
    [JsonPropertyName("number")]
    public required long Number { get; init; }
}
