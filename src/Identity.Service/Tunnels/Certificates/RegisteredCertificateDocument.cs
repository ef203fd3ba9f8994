using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <param name="AuthorityId">Culvert extension: the service-held authority, or null.</param>
/// <param name="Pending">Culvert extension: the pending <c>addition</c> or <c>removal</c>; null = none.</param>
/// <param name="RequestedBy">Ours: who requested the pending change.</param>
internal sealed record RegisteredCertificateDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string TunnelId,
    string Fingerprint,
    DateTime CreatedAt,
    DateTime? ExpiresAt,
    DateTime? ArchivedAt,
    [property: JsonPropertyName("ca_id")] string? AuthorityId,
    string? Pending,
    string? RequestedBy
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "tunnel_certificate";

    public static RegisteredCertificateDocument From(RegisteredCertificate certificate) =>
        new(
            Id: certificate.Id.Value,
            TunnelId: certificate.TunnelId.Value,
            Fingerprint: certificate.Fingerprint,
            CreatedAt: certificate.CreatedAt.UtcDateTime,
            ExpiresAt: certificate.ExpiresAt.UtcDateTime,
            ArchivedAt: certificate.ArchivedAt?.UtcDateTime,
            AuthorityId: certificate.AuthorityId,
            Pending: certificate.Pending?.Kind,
            RequestedBy: certificate.Pending?.RequestedBy
        );
}
