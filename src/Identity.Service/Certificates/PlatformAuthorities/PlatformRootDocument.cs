using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>A root of the platform CA.</summary>
internal sealed record PlatformRootDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("state")]
    public required string State { get; init; }

    [JsonPropertyName("state_since")]
    public required DateTime StateSince { get; init; }

    /// <summary>What machines pin (<c>identity.ca_sha256</c>).</summary>
    [JsonPropertyName("sha256")]
    public required string Sha256 { get; init; }

    [JsonPropertyName("not_after")]
    public required DateTime NotAfter { get; init; }

    [JsonPropertyName("added_epoch")]
    public required long AddedEpoch { get; init; }

    [JsonPropertyName("removed_epoch")]
    public required long? RemovedEpoch { get; init; }

    /// <summary>Retiring roots: when it leaves the bundle automatically.</summary>
    [JsonPropertyName("retires_at")]
    public required DateTime? RetiresAt { get; init; }

    /// <summary>Until when links lead from this root to the active one; null = it is active, or no link does.</summary>
    [JsonPropertyName("linked_until")]
    public required DateTime? LinkedUntil { get; init; }
}
