using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>One document that a dry run fetched.</summary>
internal sealed record VerifiedFetchDocument
{
    /// <summary>The setting that contains the URL.</summary>
    public required string Field { get; init; }

    public required string Url { get; init; }

    public required IReadOnlyList<VerifiedAddressDocument> Addresses { get; init; }

    public required string? ConnectedTo { get; init; }

    public required string? TlsProtocol { get; init; }

    public required string? CertificateSha256 { get; init; }

    public required string? CertificateSubject { get; init; }

    public required string? CertificateIssuer { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset? CertificateNotAfter { get; init; }

    public required int? Status { get; init; }

    public required string? ContentType { get; init; }

    public required string? ErrorCode { get; init; }

    public required string? Message { get; init; }
}
