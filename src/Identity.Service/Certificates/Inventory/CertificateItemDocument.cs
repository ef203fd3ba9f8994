using System.Text.Json.Serialization;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Inventory;

/// <summary>A certificate of the inventory on the wire.</summary>
/// <param name="Kind"><c>agent|edge|server|service</c>.</param>
/// <param name="Status"><c>intent|issued|void|revoked</c>.</param>
/// <param name="KeySha256">
/// SHA-256 of the certified SubjectPublicKeyInfo; null for certificates from before this field.
/// </param>
/// <param name="RevocationReason">The RFC 5280 §5.3.1 name.</param>
internal sealed record CertificateItemDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string Serial,
    string Kind,
    string Status,
    string? TunnelId,
    string? CaId,
    string Identity,
    DateTime NotBefore,
    DateTime NotAfter,
    DateTime IssuedAt,
    string? Fingerprint,
    string? KeySha256,
    DateTime? RevokedAt,
    string? RevocationReason
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "certificate";

    public static CertificateItemDocument From(CertificateRecord record) =>
        new(
            Id: record.Id.Value,
            Serial: record.Serial,
            Kind: WireNames.Get(record.Kind),
            Status: InventoryStatuses.GetName(record),
            TunnelId: record.TunnelId,
            CaId: record.CaId,
            Identity: record.Identity,
            NotBefore: record.NotBefore.UtcDateTime,
            NotAfter: record.NotAfter.UtcDateTime,
            IssuedAt: record.IssuedAt.UtcDateTime,
            Fingerprint: record.Fingerprint,
            KeySha256: record.SpkiSha256,
            RevokedAt: record.RevokedAt?.UtcDateTime,
            RevocationReason: record.RevocationReason is { } reason ? RevocationReasons.GetName(reason) : null
        );
}
