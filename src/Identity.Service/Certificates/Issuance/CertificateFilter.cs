using Culvert.Identity.Service.Certificates.Inventory;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Which rows of the inventory a caller may see and requested.</summary>
/// <param name="WorkspaceId">The caller's workspace; null sees all of the organization.</param>
/// <param name="WithInstallation">
/// Also the certificates of edges and of the service, which belong to no organization.
/// </param>
internal sealed record CertificateFilter(
    string OrganizationId,
    string? WorkspaceId,
    bool WithInstallation,
    string? TunnelId,
    string? Serial
)
{
    /// <summary>Only this authority's.</summary>
    public string? CaId { get; init; }

    /// <summary>Only those of this SPIFFE id or domain.</summary>
    public string? Identity { get; init; }

    /// <summary>Only those of this key: lower-case hex SHA-256 of its SubjectPublicKeyInfo.</summary>
    public string? KeySha256 { get; init; }

    /// <summary>Only those that expire then or later.</summary>
    public DateTimeOffset? ExpiresFrom { get; init; }

    /// <summary>Only those that expire before then.</summary>
    public DateTimeOffset? ExpiresBefore { get; init; }

    public InventoryStatus? Status { get; init; }

    /// <summary>
    /// Whether the expiry is bounded: then the list is ordered by expiry, earliest first, else newest first.
    /// </summary>
    public bool IsByExpiry => ExpiresFrom is not null || ExpiresBefore is not null;
}
