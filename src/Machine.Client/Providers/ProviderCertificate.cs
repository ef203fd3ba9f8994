using System.Text.Json.Serialization;

namespace Culvert.Machine.Client.Providers;

/// <summary>A CA certificate that is registered for a provider's tunnel.</summary>
public sealed record ProviderCertificate
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>SHA-256 of the certificate, lower-case hex.</summary>
    [JsonPropertyName("fingerprint")]
    public required string Fingerprint { get; init; }

    [JsonPropertyName("expires_at")]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Null: the provider's clients trust it.</summary>
    [JsonPropertyName("archived_at")]
    public string? ArchivedAt { get; init; }
}
