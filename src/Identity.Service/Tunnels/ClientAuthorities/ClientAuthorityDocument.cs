using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal sealed record ClientAuthorityDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string TunnelId,
    string Fingerprint,
    IReadOnlyList<string> Identities,
    DateTime CreatedAt,
    DateTime ExpiresAt,
    DateTime? ArchivedAt
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "client_certificate_authority";

    public static ClientAuthorityDocument From(ClientAuthority authority) =>
        new(
            Id: authority.Id.Value,
            TunnelId: authority.TunnelId.Value,
            Fingerprint: authority.Fingerprint,
            Identities: authority.Identities,
            CreatedAt: authority.CreatedAt.UtcDateTime,
            ExpiresAt: authority.ExpiresAt.UtcDateTime,
            ArchivedAt: authority.ArchivedAt?.UtcDateTime
        );
}
