using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Inventory;

/// <summary>A certificate of the inventory on the wire.</summary>
internal sealed record CertificateItemDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "certificate";

    public required string Serial { get; init; }

    /// <summary><c>agent|edge|server|service</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>intent|issued|void|revoked</c>.</summary>
    public required string Status { get; init; }

    public required string? TunnelId { get; init; }

    public required string? CaId { get; init; }

    public required string Identity { get; init; }

    public required DateTime NotBefore { get; init; }

    public required DateTime NotAfter { get; init; }

    public required DateTime IssuedAt { get; init; }

    public required string? Fingerprint { get; init; }

    /// <summary>SHA-256 of the certified SubjectPublicKeyInfo; null for certificates from before this field.</summary>
    public required string? KeySha256 { get; init; }

    public required DateTime? RevokedAt { get; init; }

    /// <summary>The RFC 5280 §5.3.1 name.</summary>
    public required string? RevocationReason { get; init; }

    public static CertificateItemDocument Of(CertificateRecord record) =>
        new()
        {
            Id = record.Id.Value,
            Serial = record.Serial,
            Kind = WireNames.Of(record.Kind),
            Status = InventoryStatuses.GetName(record),
            TunnelId = record.TunnelId,
            CaId = record.CaId,
            Identity = record.Identity,
            NotBefore = record.NotBefore.UtcDateTime,
            NotAfter = record.NotAfter.UtcDateTime,
            IssuedAt = record.IssuedAt.UtcDateTime,
            Fingerprint = record.Fingerprint,
            KeySha256 = record.SpkiSha256,
            RevokedAt = record.RevokedAt?.UtcDateTime,
            RevocationReason = record.RevocationReason is { } reason ? RevocationReasons.GetName(reason) : null,
        };
}
