using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary><c>POST /v1/certificates/revoke</c>: exactly one of the first three members selects what is revoked.</summary>
internal sealed record RevokeRequest
{
    [JsonPropertyName("certificate_id")]
    public string? CertificateId { get; init; }

    /// <summary>Hex in either case.</summary>
    [JsonPropertyName("serial")]
    public string? Serial { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo: selects every unexpired certificate of that key.</summary>
    [JsonPropertyName("key_sha256")]
    public string? KeySha256 { get; init; }

    /// <summary>The RFC 5280 §5.3.1 name; <c>unspecified</c> when absent.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>For the audit, at most 500 characters.</summary>
    [JsonPropertyName("comment")]
    public string? Comment { get; init; }

    /// <summary>The status that the caller expects; with any other the request is refused.</summary>
    [JsonPropertyName("expected_status")]
    public string? ExpectedStatus { get; init; }
}
