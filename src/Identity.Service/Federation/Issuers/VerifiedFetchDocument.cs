using System.Text.Json.Serialization;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>One document that a dry run fetched.</summary>
/// <param name="Field">The setting that contains the URL.</param>
internal sealed record VerifiedFetchDocument(
    string Field,
    string Url,
    IReadOnlyList<VerifiedAddressDocument> Addresses,
    string? ConnectedTo,
    string? TlsProtocol,
    string? CertificateSha256,
    string? CertificateSubject,
    string? CertificateIssuer,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? CertificateNotAfter,
    int? Status,
    string? ContentType,
    string? ErrorCode,
    string? Message
);
