using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>Stores policy versions. At most one version per hostname is active.</summary>
internal sealed class RoutePolicyStore(Database database)
{
    /// <summary>Per hostname.</summary>
    public const int MaxDrafts = 20;

    /// <summary>
    /// The number of latest versions that are kept; older ones are deleted unless active. The audit keeps their digests.
    /// </summary>
    public const int MaxVersions = 100;

    private static readonly Columns<RoutePolicyRow> Table = new("route_policies", "p");

    private const string OrganizationFromTunnels =
        "t.organization_id FROM route_policies p JOIN tunnels t ON t.id = p.tunnel_id ";

    private static readonly string Select = $"SELECT {Table.Names}, {OrganizationFromTunnels}";

    private static readonly string SelectWithoutContent =
        $"SELECT {Table.NamesWithout("content")}, '' AS content, {OrganizationFromTunnels}";

    private static readonly string DeleteOld =
        "DELETE FROM route_policies WHERE tunnel_id = @TunnelId AND hostname = @Hostname "
        + $"AND version <= @Version - {MaxVersions} AND state IN ('superseded', 'rejected', 'withdrawn') "
        + "AND id NOT IN (SELECT replaced_id FROM route_policies "
        + "WHERE tunnel_id = @TunnelId AND active_hostname = @Hostname AND replaced_id IS NOT NULL)";

    private static readonly string FewAreDrafts =
        "(SELECT COUNT(*) FROM route_policies "
        + $"WHERE tunnel_id = @TunnelId AND hostname = @Hostname AND state = 'draft') < {MaxDrafts}";

    public ValueTask<RoutePolicyRow?> FindAsync(string tunnelId, string id, CancellationToken cancellationToken) =>
        database.SingleOrDefaultAsync<RoutePolicyRow>(
            Select + "WHERE p.tunnel_id = @tunnelId AND p.id = @id",
            new { tunnelId, id },
            cancellationToken
        );

    public ValueTask<RoutePolicyRow?> FindActiveAsync(
        string tunnelId,
        string hostname,
        CancellationToken cancellationToken
    ) =>
        database.SingleOrDefaultAsync<RoutePolicyRow>(
            Select + "WHERE p.tunnel_id = @tunnelId AND p.active_hostname = @hostname",
            new { tunnelId, hostname },
            cancellationToken
        );

    /// <summary>The active policies of a tunnel, by hostname, for its agents.</summary>
    public async ValueTask<IReadOnlyList<RoutePolicyRow>> ListActiveAsync(
        string tunnelId,
        CancellationToken cancellationToken
    ) =>
        await database.QueryAsync<RoutePolicyRow>(
            Select + "WHERE p.tunnel_id = @tunnelId AND p.active_hostname IS NOT NULL ORDER BY p.hostname",
            new { tunnelId },
            cancellationToken
        );

    /// <summary>Newest first, without their texts.</summary>
    public async ValueTask<IReadOnlyList<RoutePolicyRow>> ListAsync(
        RoutePolicyFilter filter,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        await database.QueryAsync<RoutePolicyRow>(
            SelectWithoutContent
                + $"WHERE {filter.ToSql()} AND p.ordinal < @Before "
                + "ORDER BY p.ordinal DESC LIMIT @Count",
            new
            {
                filter.TunnelId,
                filter.Hostname,
                States = $",{string.Join(',', filter.States)},",
                page.Before,
                page.Count,
            },
            cancellationToken
        );

    public async ValueTask<IReadOnlyList<DraftCount>> CountDraftsAsync(
        string organizationId,
        string? workspaceId,
        int count,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string TunnelId, long Drafts, long OldestAt)>(
            "SELECT p.tunnel_id, COUNT(*), MIN(p.drafted_at_ms) FROM route_policies p "
                + "JOIN tunnels t ON t.id = p.tunnel_id WHERE t.organization_id = @organizationId "
                + "AND (@workspaceId IS NULL OR t.workspace_id = @workspaceId) AND t.archived_at_ms IS NULL "
                + "AND p.state = 'draft' GROUP BY p.tunnel_id ORDER BY 3, 1 LIMIT @count",
            new
            {
                organizationId,
                workspaceId,
                count,
            },
            cancellationToken
        );
        return [.. rows.Select(row => new DraftCount(row.TunnelId, row.Drafts, Instants.FromStore(row.OldestAt)))];
    }

    /// <summary>The latest version number; 0 if there is none.</summary>
    public async ValueTask<long> FindNewestAsync(
        string tunnelId,
        string hostname,
        CancellationToken cancellationToken
    ) =>
        await database.ScalarAsync<long>(
            "SELECT COALESCE(MAX(version), 0) FROM route_policies WHERE tunnel_id = @tunnelId AND hostname = @hostname",
            new { tunnelId, hostname },
            cancellationToken
        );

    /// <summary>Inserts a draft; stale if the version exists.</summary>
    public IReadOnlyList<Statement> Insert(RoutePolicyRow row) =>
        [
            TunnelLock.Acquire(row),
            new Statement(DeleteOld, row),
            Table
                .InsertWhere(row, FewAreDrafts)
                .ExpectingOne(RoutePolicyErrors.TooMany.Refuse() with { RetryAfter = RoutePolicies.Pause })
                .Unique(),
        ];

    /// <summary>
    /// Activates a version in place of <paramref name="active"/>; stale if another person decided first.
    /// </summary>
    /// <param name="before">The version as read: a draft, or a formerly active one.</param>
    /// <param name="active">The active version; null = none.</param>
    public IReadOnlyList<Statement> Activate(RoutePolicyRow before, RoutePolicyRow after, RoutePolicyRow? active)
    {
        var retire = active is null
            ? []
            : new[]
            {
                new Statement(
                    "UPDATE route_policies SET state = 'superseded', active_hostname = NULL "
                        + "WHERE id = @Id AND state = 'active'",
                    new { active.Id }
                ).ExpectingOne(),
            };
        return [TunnelLock.Acquire(new { after.TunnelId }), .. retire, new Statement(
                "UPDATE route_policies SET state = 'active', active_hostname = hostname, replaced_id = @ReplacedId, "
                    + "decided_by = @DecidedBy, decided_at_ms = @DecidedAtMs, reason = @Reason "
                    + "WHERE id = @Id AND state = @Was",
                new
                {
                    after.Id,
                    after.ReplacedId,
                    after.DecidedBy,
                    after.DecidedAtMs,
                    after.Reason,
                    Was = before.State,
                }
            ).ExpectingOne().Unique()];
    }

    /// <summary>Rejects or withdraws a draft; stale if it is no longer a draft.</summary>
    public Statement End(RoutePolicyRow after) =>
        new Statement(
            "UPDATE route_policies SET state = @State, decided_by = @DecidedBy, decided_at_ms = @DecidedAtMs, "
                + "reason = @Reason WHERE id = @Id AND state = 'draft'",
            after
        ).ExpectingOne();

    /// <summary>The policies in the tunnel's feed; null if there are none.</summary>
    public async ValueTask<IReadOnlyList<AgentFeedPolicy>?> DescribeAsync(
        string tunnelId,
        CancellationToken cancellationToken
    )
    {
        var active = await ListActiveAsync(tunnelId, cancellationToken);
        return active.Count == 0
            ? null
            :
            [
                .. active.Select(row => new AgentFeedPolicy(
                    Hostname: row.Hostname,
                    Id: row.Id,
                    Version: row.Version,
                    Digest: row.Digest,
                    Text: row.Content
                )),
            ];
    }
}
