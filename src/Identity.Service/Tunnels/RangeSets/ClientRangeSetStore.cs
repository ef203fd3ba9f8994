using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

internal sealed class ClientRangeSetStore(Database database)
{
    private const string Columns =
        "organization_id AS OrganizationId, name AS Name, ranges AS Ranges, revision AS Revision, "
        + "updated_at_ms AS UpdatedAt";

    public async ValueTask<ClientRangeSet?> FindAsync(
        string organizationId,
        string name,
        CancellationToken cancellationToken
    ) =>
        (
            await QueryAsync(
                $"SELECT {Columns} FROM client_range_sets WHERE organization_id = @organizationId AND name = @name",
                new { organizationId, name },
                cancellationToken
            )
        ).SingleOrDefault();

    public ValueTask<IReadOnlyList<ClientRangeSet>> ListAsync(
        string organizationId,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            $"SELECT {Columns} FROM client_range_sets WHERE organization_id = @organizationId ORDER BY name",
            new { organizationId },
            cancellationToken
        );

    /// <summary>Those of all organizations, for edges.</summary>
    public ValueTask<IReadOnlyList<ClientRangeSet>> ListAllAsync(CancellationToken cancellationToken) =>
        QueryAsync($"SELECT {Columns} FROM client_range_sets", new { }, cancellationToken);

    /// <summary>Conflicts: <see cref="TunnelConflict.Stale"/>, <see cref="TunnelConflict.LimitReached"/>.</summary>
    public IReadOnlyList<Statement> Save(ClientRangeSet set, int limit)
    {
        var parameters = new
        {
            set.OrganizationId,
            set.Name,
            Ranges = TextList.Join(set.Ranges),
            set.Revision,
            Before = set.Revision - 1,
            UpdatedAt = set.UpdatedAt.ToStore(),
            limit,
        };
        if (set.Revision > 1)
        {
            return
            [
                new Statement(
                    "UPDATE client_range_sets SET ranges = @Ranges, revision = @Revision, updated_at_ms = @UpdatedAt "
                        + "WHERE organization_id = @OrganizationId AND name = @Name AND revision = @Before",
                    parameters
                ).ExpectingOne(TunnelConflict.Stale),
            ];
        }

        return
        [
            new Statement(
                "INSERT INTO client_range_sets (organization_id, name, ranges, revision, updated_at_ms) "
                    + "SELECT @OrganizationId, @Name, @Ranges, @Revision, @UpdatedAt WHERE (SELECT COUNT(*) "
                    + "FROM client_range_sets WHERE organization_id = @OrganizationId) < @limit",
                parameters
            )
                .ExpectingOne(TunnelConflict.LimitReached)
                .Unique(TunnelConflict.Stale),
        ];
    }

    // Names contain no character that LIKE treats specially.
    /// <summary><see cref="TunnelConflict.InUse"/> while a live tunnel names it, or when it is removed already.</summary>
    public Statement Remove(ClientRangeSet set) =>
        new Statement(
            "DELETE FROM client_range_sets WHERE organization_id = @OrganizationId AND name = @Name "
                + "AND NOT EXISTS (SELECT 1 FROM tunnels WHERE organization_id = @OrganizationId "
                + "AND archived_at_ms IS NULL AND ' ' || client_range_sets || ' ' LIKE @Pattern)",
            new
            {
                set.OrganizationId,
                set.Name,
                Pattern = $"% {set.Name} %",
            }
        ).ExpectingOne(TunnelConflict.InUse);

    private async ValueTask<IReadOnlyList<ClientRangeSet>> QueryAsync(
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<ClientRangeSetRow>(sql, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToSet())];
    }
}
