using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <summary>The API's answer about an imported revocation list (CRL) of a tunnel's registered certificate.</summary>
internal sealed record ImportedListDocument(
    [property: JsonPropertyName("tunnel_certificate_id")] string CertificateId,
    string Number,
    DateTime ThisUpdate,
    DateTime NextUpdate,
    int Entries,
    DateTime ImportedAt,
    string CrlPem
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "revocation_list";

    public static ImportedListDocument From(ImportedRevocationList list) =>
        new(
            CertificateId: list.RegisteredCertificateId,
            Number: list.Number,
            ThisUpdate: list.ThisUpdate.UtcDateTime,
            NextUpdate: list.NextUpdate.UtcDateTime,
            Entries: list.Entries,
            ImportedAt: list.ImportedAt.UtcDateTime,
            CrlPem: PemEncoding.WriteString("X509 CRL", list.List) + "\n"
        );
}
