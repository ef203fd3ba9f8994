using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// The inventory's only query. Rows are never deleted, so every combination of filters chooses the index that finds its
/// rows: one condition is written as the index has it, and every other one so that no index fits. A planner without
/// statistics could otherwise read a million rows of an organization to find three of a key.
/// </summary>
internal static class InventorySql
{
    public const bool NewestFirst = false;

    private const string Organization = "organization_id";
    private const long MillisecondsPerDay = 86_400_000;

    /// <summary>Days since 1970, as a row stores it.</summary>
    public static long ToDay(DateTimeOffset time) => time.ToStore() / MillisecondsPerDay;

    /// <param name="byExpiry">Earliest expiry first; else newest row first.</param>
    public static string Select(string columns, CertificateFilter filter, bool byExpiry)
    {
        var found = FoundBy(filter, byExpiry);
        var tail = byExpiry ? " ORDER BY not_after_ms, ordinal LIMIT @count" : " ORDER BY ordinal DESC LIMIT @count";
        if (!filter.WithInstallation || filter.WorkspaceId is not null)
        {
            return Select(columns, filter, found, byExpiry, Is("organization_id", "@OrganizationId", found)) + tail;
        }

        if (found != Organization)
        {
            const string either = "COALESCE(organization_id, '') IN (@OrganizationId, '')";
            return Select(columns, filter, found, byExpiry, either) + tail;
        }

        // A union of two index scans: with OR, the databases would use no index.
        var own = Select(columns, filter, found, byExpiry, "organization_id = @OrganizationId") + tail;
        var nobodys = Select(columns, filter, found, byExpiry, "organization_id IS NULL") + tail;
        return $"SELECT * FROM (SELECT * FROM ({own}) AS owned UNION ALL SELECT * FROM ({nobodys}) AS unowned) AS both_of "
            + (byExpiry ? "ORDER BY not_after_ms, ordinal LIMIT @count" : "ORDER BY ordinal DESC LIMIT @count");
    }

    public static object Parameters(CertificateFilter filter, InventoryPlace place, int count) =>
        new
        {
            before = place.Ordinal,
            after = place.NotAfter,
            count,
            filter.OrganizationId,
            filter.WorkspaceId,
            filter.TunnelId,
            filter.Serial,
            filter.CaId,
            filter.Identity,
            filter.KeySha256,
            From = Math.Max(filter.ExpiresFrom?.ToStore() ?? long.MinValue, place.NotAfter),
            To = filter.ExpiresBefore?.ToStore() ?? long.MaxValue,
        };

    private static string FoundBy(CertificateFilter filter, bool byExpiry) =>
        filter.Serial is not null ? "serial"
        : filter.KeySha256 is not null ? "spki_sha256"
        : filter.Identity is not null ? "identity"
        : filter.CaId is not null ? "ca_id"
        : filter.TunnelId is not null && !byExpiry ? "tunnel_id"
        : filter.WorkspaceId is not null && !byExpiry && filter.Status is (null or InventoryStatus.Issued)
            ? "workspace_id"
        : Organization;

    private static string Select(
        string columns,
        CertificateFilter filter,
        string found,
        bool byExpiry,
        string organization
    )
    {
        List<string> conditions = [organization];
        Add("workspace_id", "@WorkspaceId", filter.WorkspaceId);
        Add("tunnel_id", "@TunnelId", filter.TunnelId);
        Add("serial", "@Serial", filter.Serial);
        Add("ca_id", "@CaId", filter.CaId);
        Add("identity", "@Identity", filter.Identity);
        Add("spki_sha256", "@KeySha256", filter.KeySha256);
        conditions.AddRange(
            filter.Status switch
            {
                InventoryStatus.Intent => ["status <> 'issued'", "status = 'intent'", "revoked_at_ms IS NULL"],
                InventoryStatus.Void => ["status <> 'issued'", "status = 'void'", "revoked_at_ms IS NULL"],
                InventoryStatus.Revoked => ["revoked_at_ms IS NOT NULL"],
                InventoryStatus.Issued => ["status = 'issued'", "revoked_at_ms IS NULL"],
                _ => (string[])[],
            }
        );
        conditions.AddRange(
            byExpiry
                ? ["not_after_ms >= @From", "not_after_ms < @To", "(not_after_ms > @after OR ordinal > @before)"]
                : (string[])["ordinal < @before"]
        );
        return $"SELECT {columns} FROM certificates WHERE {string.Join(" AND ", conditions)}";

        void Add(string column, string parameter, string? value)
        {
            if (value is not null)
            {
                conditions.Add(Is(column, parameter, found));
            }
        }
    }

    private static string Is(string column, string parameter, string found) =>
        column == found ? $"{column} = {parameter}" : $"COALESCE({column}, '') = {parameter}";
}
