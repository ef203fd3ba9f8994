namespace Culvert.Identity.Service.Certificates.Issuance;

/// <param name="WorkspaceId">The caller's workspace; null sees all of the organization.</param>
/// <param name="WithInstallation">Also the certificates of edges and of the service.</param>
internal sealed record CertificateFilter(
    string OrganizationId,
    string? WorkspaceId,
    bool WithInstallation,
    string? TunnelId,
    string? Serial
)
{
    public string? CaId { get; init; }

    /// <summary>Only those of this SPIFFE id or domain.</summary>
    public string? Identity { get; init; }

    /// <summary>Only those of this key: lower-case hex SHA-256 of its SubjectPublicKeyInfo.</summary>
    public string? KeySha256 { get; init; }

    /// <summary>Only those that expire then or later.</summary>
    public DateTimeOffset? ExpiresFrom { get; init; }

    public DateTimeOffset? ExpiresBefore { get; init; }

    public InventoryStatus? Status { get; init; }

    /// <summary>Whether the expiry is bounded: then the list runs by expiry, else newest first.</summary>
    public bool IsByExpiry => ExpiresFrom is not null || ExpiresBefore is not null;
}
