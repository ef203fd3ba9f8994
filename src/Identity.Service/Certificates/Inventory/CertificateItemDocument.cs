using System.Text.Json.Serialization;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Inventory;

/// <summary>A certificate of the inventory on the wire.</summary>
internal sealed record CertificateItemDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "certificate";

    [JsonPropertyName("serial")]
    public required string Serial { get; init; }

    /// <summary><c>agent|edge|server|service</c>.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary><c>intent|issued|void|revoked</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("tunnel_id")]
    public required string? TunnelId { get; init; }

    [JsonPropertyName("ca_id")]
    public required string? CaId { get; init; }

    [JsonPropertyName("identity")]
    public required string Identity { get; init; }

    [JsonPropertyName("not_before")]
    public required DateTime NotBefore { get; init; }

    [JsonPropertyName("not_after")]
    public required DateTime NotAfter { get; init; }

    [JsonPropertyName("issued_at")]
    public required DateTime IssuedAt { get; init; }

    [JsonPropertyName("fingerprint")]
    public required string? Fingerprint { get; init; }

    /// <summary>SHA-256 of the certified SubjectPublicKeyInfo; null for certificates from before this field.</summary>
    [JsonPropertyName("key_sha256")]
    public required string? KeySha256 { get; init; }

    [JsonPropertyName("revoked_at")]
    public required DateTime? RevokedAt { get; init; }

    /// <summary>The RFC 5280 §5.3.1 name.</summary>
    [JsonPropertyName("revocation_reason")]
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
