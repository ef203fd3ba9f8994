using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Inventory;

/// <summary>Reads the inventory. Every answer comes from an index, however many certificates there are.</summary>
internal interface ICertificateInventory
{
    ValueTask<CertificateRecord?> FindAsync(CertificateId id, CancellationToken cancellationToken);

    /// <summary>
    /// At most <paramref name="count"/> rows behind <paramref name="place"/>: from the soonest end on when the filter
    /// bounds the end, else from the newest row down.
    /// </summary>
    ValueTask<IReadOnlyList<CertificateRecord>> ListAsync(
        CertificateFilter filter,
        InventoryPlace place,
        int count,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// How many unrevoked certificates end on each of these days, by authority. Every one is counted, none estimated;
    /// what changes while it runs may be in the counts of some days and not yet in those of others.
    /// </summary>
    /// <param name="organizationId">Whose; null = the installation's own.</param>
    /// <param name="workspaceId">Only this workspace's; null = all.</param>
    /// <param name="first">First day, in UTC.</param>
    /// <param name="days">How many.</param>
    ValueTask<IReadOnlyList<ExpiryCount>> ForecastAsync(
        string? organizationId,
        string? workspaceId,
        DateOnly first,
        int days,
        CancellationToken cancellationToken
    );
}
