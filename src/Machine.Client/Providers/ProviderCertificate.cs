namespace Culvert.Machine.Client.Providers;

/// <summary>A CA certificate that is registered for a provider's tunnel.</summary>
public sealed record ProviderCertificate
{
    public required string Id { get; init; }

    /// <summary>SHA-256 of the certificate, lower-case hex.</summary>
    public required string Fingerprint { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Null: the provider's clients trust it.</summary>
    public string? ArchivedAt { get; init; }
}
