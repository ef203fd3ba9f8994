using Culvert.Identity.Service.Certificates.Inventory;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Which rows of the inventory a caller may see and requested.</summary>
/// <param name="OrganizationId">The caller's.</param>
/// <param name="WorkspaceId">The caller's one workspace; null sees all of the organization.</param>
/// <param name="WithInstallation">Also the certificates of edges and of the service, which belong to no organization.</param>
/// <param name="TunnelId">Only this tunnel's.</param>
/// <param name="Serial">Only this one.</param>
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

    /// <summary>Only those that end then or later.</summary>
    public DateTimeOffset? ExpiresFrom { get; init; }

    /// <summary>Only those that end before.</summary>
    public DateTimeOffset? ExpiresBefore { get; init; }

    /// <summary>Only those in this state.</summary>
    public InventoryStatus? Status { get; init; }

    /// <summary>A bound on the end: then the list runs from the soonest end on, else from the newest row down.</summary>
    public bool IsByExpiry => ExpiresFrom is not null || ExpiresBefore is not null;
}
