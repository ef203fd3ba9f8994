using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

/// <summary>A CA for client certificates, which open the CONNECT ingress of one tunnel (S22).</summary>
internal sealed record ClientAuthority
{
    public required ClientAuthorityId Id { get; init; }

    public long Ordinal { get; init; }

    public required TunnelId TunnelId { get; init; }

    /// <summary>Lower-case hex SHA-256 of the DER.</summary>
    public required string Fingerprint { get; init; }

    public required string CertificatePem { get; init; }

    /// <summary>Patterns of the names that may connect; at least one.</summary>
    public required IReadOnlyList<string> Identities { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? ArchivedAt { get; init; }
}
