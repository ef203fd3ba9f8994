namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal sealed record ClientAuthorityDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "client_certificate_authority";

    public required string TunnelId { get; init; }

    public required string Fingerprint { get; init; }

    public required IReadOnlyList<string> Identities { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime ExpiresAt { get; init; }

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
