using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Certificates;

internal sealed record RegisteredCertificateDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "tunnel_certificate";

    public required string TunnelId { get; init; }

    public required string Fingerprint { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime? ExpiresAt { get; init; }

    public required DateTime? ArchivedAt { get; init; }

    /// <summary>Culvert extension: the service-held authority, or null.</summary>
    [JsonPropertyName("ca_id")]
    public required string? AuthorityId { get; init; }

    /// <summary>Culvert extension: the pending <c>addition</c> or <c>removal</c>; null = none.</summary>
    public required string? Pending { get; init; }

    /// <summary>Ours: who requested the pending change.</summary>
    public required string? RequestedBy { get; init; }

    public static RegisteredCertificateDocument Of(RegisteredCertificate certificate) =>
        new()
        {
            Id = certificate.Id.Value,
            TunnelId = certificate.TunnelId.Value,
            Fingerprint = certificate.Fingerprint,
            CreatedAt = certificate.CreatedAt.UtcDateTime,
            ExpiresAt = certificate.ExpiresAt.UtcDateTime,
            ArchivedAt = certificate.ArchivedAt?.UtcDateTime,
            AuthorityId = certificate.AuthorityId,
            Pending = certificate.Pending?.Kind,
            RequestedBy = certificate.Pending?.RequestedBy,
        };
}
