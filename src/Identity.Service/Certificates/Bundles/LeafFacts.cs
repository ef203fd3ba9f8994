using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Bundles;

internal sealed class LeafFacts(Database database)
{
    /// <summary>The authority that issued each of these serial numbers; unknown ones are left out.</summary>
    public async ValueTask<IReadOnlyDictionary<string, string>> IssuersAsync(
        IReadOnlyCollection<string> serials,
        CancellationToken cancellationToken
    )
    {
        if (serials.Count == 0)
        {
            return new Dictionary<string, string>(StringComparer.Ordinal);
        }

        var rows = await database.QueryAsync<(string Serial, string Issuer)>(
            $"SELECT serial, ca_id FROM certificates WHERE {database.AnyOf("serial", "@Serials")} "
                + "AND ca_id IS NOT NULL",
            new { Serials = serials.ToArray() },
            cancellationToken
        );
        return rows.ToDictionary(row => row.Serial, row => row.Issuer, StringComparer.Ordinal);
    }

    public async ValueTask<long> CountLiveAsync(
        string authorityId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        return await database.SingleAsync<long>(
            "SELECT COUNT(*) FROM certificates WHERE ca_id = @authorityId AND status = 'issued' "
                + "AND kind = 'server' AND not_after_ms >= @Now",
            new { authorityId, Now = now.ToStore() },
            cancellationToken
        );
    }
}
