using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>An authority of a tunnel whose key the service made and holds sealed.</summary>
internal sealed record TunnelAuthority
{
    public required CertificateAuthorityId Id { get; init; }

    public long Ordinal { get; init; }

    public required string OrganizationId { get; init; }

    public required string WorkspaceId { get; init; }

    public required TunnelId TunnelId { get; init; }

    /// <summary>Also the common name in the request.</summary>
    public required string Name { get; init; }

    public required AuthorityState State { get; init; }

    /// <summary>DER of the SubjectPublicKeyInfo.</summary>
    public required byte[] PublicKey { get; init; }

    public required byte[] SealedKey { get; init; }

    public required string CsrPem { get; init; }

    /// <summary>The certificate, its issuers, the root last; null until uploaded.</summary>
    public string? ChainPem { get; init; }

    /// <summary>Of the certificate; lower-case hex SHA-256 of the DER.</summary>
    public string? Fingerprint { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Who uploaded the chain: with two-person approval, not who approves it (S16).</summary>
    public string? SubmittedBy { get; init; }

    /// <summary>The registered certificate that is its anchor, once staged (S14).</summary>
    public RegisteredCertificateId? RegisteredCertificateId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ArchivedAt { get; init; }
}
