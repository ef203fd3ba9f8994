using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Rules;

internal sealed class RuleTargets(Database database)
{
    /// <summary>The first id that is not an unarchived tunnel of the organization; null if none.</summary>
    public async ValueTask<string?> FindMissingTunnelAsync(
        string organizationId,
        IReadOnlyList<string> tunnelIds,
        CancellationToken cancellationToken
    ) =>
        await FindMissingAsync(
            "SELECT id FROM tunnels WHERE organization_id = @organizationId AND archived_at_ms IS NULL AND "
                + database.AnyOf("id", "@ids"),
            organizationId,
            tunnelIds,
            cancellationToken
        );

    /// <summary>The first id that is not an unarchived service account of the organization; null if none.</summary>
    public async ValueTask<string?> FindMissingAccountAsync(
        string organizationId,
        IReadOnlyList<string> accountIds,
        CancellationToken cancellationToken
    ) =>
        await FindMissingAsync(
            "SELECT id FROM service_accounts WHERE organization_id = @organizationId AND archived_at_ms IS NULL AND "
                + database.AnyOf("id", "@ids"),
            organizationId,
            accountIds,
            cancellationToken
        );

    /// <summary>The first id that is not an unarchived edge; null if none.</summary>
    public async ValueTask<string?> FindMissingEdgeAsync(
        IReadOnlyList<string> edgeIds,
        CancellationToken cancellationToken
    ) =>
        await FindMissingAsync(
            "SELECT id FROM edges WHERE archived_at_ms IS NULL AND " + database.AnyOf("id", "@ids"),
            "",
            edgeIds,
            cancellationToken
        );

    private async ValueTask<string?> FindMissingAsync(
        string sql,
        string organizationId,
        IReadOnlyList<string> ids,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
        {
            return null;
        }

        var found = await database.QueryAsync<string>(sql, new { organizationId, ids }, cancellationToken);
        return ids.Except(found, StringComparer.Ordinal).FirstOrDefault();
    }
}
