using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Inventory;

internal sealed class CertificateInventory(Database database)
{
    // A forecast reads a few days per query, and some queries in parallel: each count is exact as of its own read.
    private const int DaysAtOnce = 20;
    private const int MostAtOnce = 4;

    private static readonly DateOnly Epoch = new(1970, 1, 1);

    public async ValueTask<CertificateRecord?> FindAsync(CertificateId id, CancellationToken cancellationToken)
    {
        var row = await database.SingleOrDefaultAsync<CertificateStore.Row>(
            $"SELECT {CertificateStore.Columns} FROM certificates WHERE id = @id",
            new { id = id.Value },
            cancellationToken
        );
        return row?.ToRecord();
    }

    /// <summary>By expiry if the filter bounds it, else newest first.</summary>
    public async ValueTask<IReadOnlyList<CertificateRecord>> ListAsync(
        CertificateFilter filter,
        InventoryPlace place,
        int count,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<CertificateStore.Row>(
            InventorySql.Select(CertificateStore.Columns, filter, filter.IsByExpiry),
            InventorySql.Parameters(filter, place, count),
            cancellationToken
        );
        return [.. rows.Select(row => row.ToRecord())];
    }

    /// <summary>
    /// How many unrevoked certificates expire on each of these days, by authority. Every one is counted; a concurrent
    /// change may be in the counts of some days and not in those of others.
    /// </summary>
    /// <param name="organizationId">Null = the installation's own.</param>
    /// <param name="workspaceId">Null = all.</param>
    /// <param name="first">In UTC.</param>
    public async ValueTask<IReadOnlyList<ExpiryCount>> ForecastAsync(
        string? organizationId,
        string? workspaceId,
        DateOnly first,
        int days,
        CancellationToken cancellationToken
    )
    {
        long from = first.DayNumber - Epoch.DayNumber;
        long[] starts =
        [
            .. Enumerable.Range(0, (days + DaysAtOnce - 1) / DaysAtOnce).Select(i => (long)i * DaysAtOnce),
        ];
        var parts = new IReadOnlyList<ExpiryCount>[starts.Length];
        await Parallel.ForAsync(
            0,
            starts.Length,
            new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken },
            async (i, cancel) =>
                parts[i] = await CountAsync(
                    organizationId,
                    workspaceId,
                    from + starts[i],
                    from + Math.Min(days, starts[i] + DaysAtOnce),
                    cancel
                )
        );
        return [.. parts.SelectMany(part => part)];
    }

    private async ValueTask<IReadOnlyList<ExpiryCount>> CountAsync(
        string? organizationId,
        string? workspaceId,
        long from,
        long to,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(long Day, string? CaId, long Count)>(
            ForecastSql(organizationId, workspaceId),
            new
            {
                organizationId,
                workspaceId,
                from,
                to,
            },
            cancellationToken
        );
        return [.. rows.Select(row => new ExpiryCount(Epoch.AddDays((int)row.Day), row.CaId, row.Count))];
    }

    // The count reads only its own index: it reads no row and sorts nothing.
    internal static string ForecastSql(string? organizationId, string? workspaceId) =>
        "SELECT expires_day, ca_id, COUNT(*) FROM certificates WHERE status = 'issued' AND revoked_at_ms IS NULL AND "
        + (organizationId is null ? "organization_id IS NULL" : "organization_id = @organizationId")
        + (workspaceId is null ? "" : " AND COALESCE(workspace_id, '') = @workspaceId")
        + " AND expires_day >= @from AND expires_day < @to GROUP BY expires_day, ca_id ORDER BY expires_day, ca_id";
}
