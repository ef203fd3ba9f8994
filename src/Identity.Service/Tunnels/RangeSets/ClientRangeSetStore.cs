using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

/// <summary>Stores the named sets of source ranges that an organization's tunnels refer to.</summary>
internal sealed class ClientRangeSetStore(Database database)
{
    private static readonly Columns<Row> Table = new("client_range_sets");

    public async ValueTask<ClientRangeSet?> FindAsync(
        string organizationId,
        string name,
        CancellationToken cancellationToken
    ) =>
        (
            await QueryAsync(
                " WHERE organization_id = @organizationId AND name = @name",
                new { organizationId, name },
                cancellationToken
            )
        ).SingleOrDefault();

    public ValueTask<IReadOnlyList<ClientRangeSet>> ListAsync(
        string organizationId,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(" WHERE organization_id = @organizationId ORDER BY name", new { organizationId }, cancellationToken);

    /// <summary>Lists the sets of all organizations, for edges.</summary>
    public ValueTask<IReadOnlyList<ClientRangeSet>> ListAllAsync(CancellationToken cancellationToken) =>
        QueryAsync("", null, cancellationToken);

    /// <summary>Creates or replaces the set. The statement is stale if another caller changed the set first.</summary>
    /// <param name="limit">The maximum number of sets of the organization.</param>
    public Statement Save(ClientRangeSet set, int limit)
    {
        var row = new Row
        {
            OrganizationId = set.OrganizationId,
            Name = set.Name,
            Ranges = TextList.Join(set.Ranges),
            Revision = set.Revision,
            UpdatedAtMs = set.UpdatedAt.ToStore(),
            Limit = limit,
        };
        return set.Revision > 1
            ? Table
                .Update(row, "organization_id = @OrganizationId AND name = @Name AND revision = @Revision - 1")
                .ExpectingOne()
            : Table
                .InsertWhere(
                    row,
                    "(SELECT COUNT(*) FROM client_range_sets WHERE organization_id = @OrganizationId) < @Limit"
                )
                .ExpectingOne(TunnelErrors.RangeSetLimit.Refuse())
                .Unique();
    }

    /// <summary>
    /// Deletes the set. It is refused if an unarchived tunnel names the set, or if the set no longer exists.
    /// </summary>
    /// <remarks>The names of sets contain no character that LIKE treats specially.</remarks>
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
        ).ExpectingOne(TunnelErrors.RangeSetInUse.Refuse());

    private async ValueTask<IReadOnlyList<ClientRangeSet>> QueryAsync(
        string condition,
        object? parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Table.Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToSet())];
    }

    private sealed record Row
    {
        [InsertOnly]
        public required string OrganizationId { get; init; }

        [InsertOnly]
        public required string Name { get; init; }

        public required string Ranges { get; init; }

        public long Revision { get; init; }

        public long UpdatedAtMs { get; init; }

        /// <summary>
        /// The maximum number of sets of the organization; a parameter of the insertion, not a column.
        /// </summary>
        [NotMapped]
        public long Limit { get; init; }

        public ClientRangeSet ToSet() =>
            new(OrganizationId, Name, TextList.Split(Ranges), Revision, Instants.FromStore(UpdatedAtMs));
    }
}
