namespace Culvert.Machine.Client.Providers;

/// <summary>A CA certificate that is registered for a provider's tunnel.</summary>
/// <param name="Fingerprint">SHA-256 of the certificate, lower-case hex.</param>
/// <param name="ArchivedAt">Null: the provider's clients trust it.</param>
public sealed record ProviderCertificate(
    string Id,
    string Fingerprint,
    DateTimeOffset? ExpiresAt = null,
    string? ArchivedAt = null
);
