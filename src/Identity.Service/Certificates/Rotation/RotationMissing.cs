using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>A party that a switch waits for.</summary>
internal sealed record RotationMissing
{
    /// <summary><c>agent</c>, <c>relying_party</c>, <c>propagation</c>.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>The agent's instance or the relying party's name.</summary>
    [JsonPropertyName("name")]
    public required string? Name { get; init; }

    [JsonPropertyName("since")]
    public required DateTime Since { get; init; }

    [JsonPropertyName("needed_epoch")]
    public required long NeededEpoch { get; init; }

    /// <summary>The epoch that it last acknowledged; null = none, or the acknowledgement no longer counts.</summary>
    [JsonPropertyName("acknowledged_epoch")]
    public required long? AcknowledgedEpoch { get; init; }

    [JsonPropertyName("last_heard_at")]
    public required DateTime? LastHeardAt { get; init; }
}
