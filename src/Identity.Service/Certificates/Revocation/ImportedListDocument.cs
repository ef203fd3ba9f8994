using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed record ImportedListDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "revocation_list";

    [JsonPropertyName("tunnel_certificate_id")]
    public required string CertificateId { get; init; }

    [JsonPropertyName("number")]
    public required string Number { get; init; }

    [JsonPropertyName("this_update")]
    public required DateTime ThisUpdate { get; init; }

    [JsonPropertyName("next_update")]
    public required DateTime NextUpdate { get; init; }

    [JsonPropertyName("entries")]
    public required int Entries { get; init; }

    [JsonPropertyName("imported_at")]
    public required DateTime ImportedAt { get; init; }

    [JsonPropertyName("crl_pem")]
    public required string CrlPem { get; init; }

    public static ImportedListDocument Of(ImportedRevocationList list) =>
        new()
        {
            CertificateId = list.RegisteredCertificateId,
            Number = list.Number,
            ThisUpdate = list.ThisUpdate.UtcDateTime,
            NextUpdate = list.NextUpdate.UtcDateTime,
            Entries = list.Entries,
            ImportedAt = list.ImportedAt.UtcDateTime,
            CrlPem = PemEncoding.WriteString("X509 CRL", list.List) + "\n",
        };
}
