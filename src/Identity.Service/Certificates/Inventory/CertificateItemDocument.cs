using System.Text.Json.Serialization;
using Culvert.Identity.Service.Certificates.Issuance;

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

    /// <summary><c>intent|issued|void</c>.</summary>
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

    public static CertificateItemDocument Of(CertificateRecord record) =>
        new()
        {
            Id = record.Id.Value,
            Serial = record.Serial,
            Kind = CertificateNames.Of(record.Kind),
            Status = CertificateNames.Of(record.Status),
            TunnelId = record.TunnelId,
            CaId = record.CaId,
            Identity = record.Identity,
            NotBefore = record.NotBefore.UtcDateTime,
            NotAfter = record.NotAfter.UtcDateTime,
            IssuedAt = record.IssuedAt.UtcDateTime,
            Fingerprint = record.Fingerprint,
        };
}
