using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>One document that a dry run fetched.</summary>
internal sealed record VerifiedFetchDocument
{
    /// <summary>The setting that contains the URL.</summary>
    [JsonPropertyName("field")]
    public required string Field { get; init; }

    [JsonPropertyName("url")]
    public required string Url { get; init; }

    [JsonPropertyName("addresses")]
    public required IReadOnlyList<VerifiedAddressDocument> Addresses { get; init; }

    [JsonPropertyName("connected_to")]
    public required string? ConnectedTo { get; init; }

    [JsonPropertyName("tls_protocol")]
    public required string? TlsProtocol { get; init; }

    [JsonPropertyName("certificate_sha256")]
    public required string? CertificateSha256 { get; init; }

    [JsonPropertyName("certificate_subject")]
    public required string? CertificateSubject { get; init; }

    [JsonPropertyName("certificate_issuer")]
    public required string? CertificateIssuer { get; init; }

    [JsonPropertyName("certificate_not_after")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? CertificateNotAfter { get; init; }

    [JsonPropertyName("status")]
    public required int? Status { get; init; }

    [JsonPropertyName("content_type")]
    public required string? ContentType { get; init; }

    [JsonPropertyName("error_code")]
    public required string? ErrorCode { get; init; }

    [JsonPropertyName("message")]
    public required string? Message { get; init; }
}
