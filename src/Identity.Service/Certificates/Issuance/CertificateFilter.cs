namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>Which rows of the inventory a caller may see and asked for.</summary>
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
);
