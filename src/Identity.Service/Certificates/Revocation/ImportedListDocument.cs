using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed record ImportedListDocument
{
    public string Type { get; } = "revocation_list";

    [JsonPropertyName("tunnel_certificate_id")]
    public required string CertificateId { get; init; }

    public required string Number { get; init; }

    public required DateTime ThisUpdate { get; init; }

    public required DateTime NextUpdate { get; init; }

    public required int Entries { get; init; }

    public required DateTime ImportedAt { get; init; }

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
