using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal sealed record ClientAuthorityDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "client_certificate_authority";

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("fingerprint")]
    public required string Fingerprint { get; init; }

    [JsonPropertyName("identities")]
    public required IReadOnlyList<string> Identities { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("expires_at")]
    public required DateTime ExpiresAt { get; init; }

    [JsonPropertyName("archived_at")]
    public required DateTime? ArchivedAt { get; init; }

    public static ClientAuthorityDocument Of(ClientAuthority authority) =>
        new()
        {
            Id = authority.Id.Value,
            TunnelId = authority.TunnelId.Value,
            Fingerprint = authority.Fingerprint,
            Identities = authority.Identities,
            CreatedAt = authority.CreatedAt.UtcDateTime,
            ExpiresAt = authority.ExpiresAt.UtcDateTime,
            ArchivedAt = authority.ArchivedAt?.UtcDateTime,
        };
}
