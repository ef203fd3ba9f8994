using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tunnels.Certificates;

/// <summary>A tunnel's trust anchor for inner TLS.</summary>
internal sealed record RegisteredCertificate
{
    public required RegisteredCertificateId Id { get; init; }

    public long Ordinal { get; init; }

    public required TunnelId TunnelId { get; init; }

    /// <summary>Lower-case hex SHA-256 of the DER.</summary>
    public required string Fingerprint { get; init; }

    public required string CertificatePem { get; init; }

    /// <summary>Its issuers up to the root, for clients that build whole chains; empty for trust-only ones.</summary>
    public string IssuersPem { get; init; } = "";

    /// <summary>The service-held authority (<c>ca_…</c>) whose certificate this is; null = trust-only.</summary>
    public string? AuthorityId { get; init; }

    /// <summary>Whether it occupies one of the two slots (S14).</summary>
    public bool OccupiesSlot { get; init; } = true;

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was added to the trust bundle; null = it waits for a second administrator.</summary>
    public DateTimeOffset? AddedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>The first epoch of the tunnel's bundle that contains it; set by the store.</summary>
    public long AddedEpoch { get; init; }

    /// <summary>The first epoch that no longer contains it; null = still in the bundle, or never in it.</summary>
    public long? RemovedEpoch { get; init; }

    /// <summary>The change that waits for a second administrator (S16); null = none.</summary>
    public PendingChange? Pending { get; init; }

    /// <summary>Lower-case hex SHA-256 of the certificate's SubjectPublicKeyInfo.</summary>
    public static string HashKey(string certificatePem)
    {
        using var certificate = X509Certificate2.CreateFromPem(certificatePem);
        return Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }
}
