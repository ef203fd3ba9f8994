using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>A machine that the switch waits for.</summary>
internal sealed record PlatformRootMissing
{
    /// <summary><c>agent</c> or <c>edge</c>.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("tunnel_id")]
    public required string? TunnelId { get; init; }

    [JsonPropertyName("acknowledged_epoch")]
    public required long? AcknowledgedEpoch { get; init; }
}
