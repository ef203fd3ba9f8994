using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>A certificate as the service issued it, with the service's renewal window.</summary>
public sealed record CertificateDocument
{
    /// <summary>Lower-case hex of the DER value, as <c>openssl x509 -serial</c> in lower case.</summary>
    [JsonPropertyName("serial")]
    public required string Serial { get; init; }

    [JsonPropertyName("certificate_pem")]
    public required string CertificatePem { get; init; }

    /// <summary>The intermediates, nearest to the leaf first, without the root; empty when there are none.</summary>
    [JsonPropertyName("chain_pem")]
    public required string ChainPem { get; init; }

    [JsonPropertyName("not_before")]
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>The last second of validity, inclusive (RFC 5280 §4.1.2.5).</summary>
    [JsonPropertyName("not_after")]
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>When it was signed. The lifetime counts from here: <see cref="NotBefore"/> is backdated.</summary>
    [JsonPropertyName("issued_at")]
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Start of the server's renewal window; in the past: renew now.</summary>
    [JsonPropertyName("renew_after")]
    public required DateTimeOffset RenewAfter { get; init; }

    /// <summary>End of the server's renewal window.</summary>
    [JsonPropertyName("renew_before")]
    public required DateTimeOffset RenewBefore { get; init; }

    /// <summary>The tunnel CA that signed it; null for the platform CA.</summary>
    [JsonPropertyName("ca_id")]
    public string? CaId { get; init; }
}
