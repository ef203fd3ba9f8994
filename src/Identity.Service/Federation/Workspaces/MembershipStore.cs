using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Workspaces;

internal sealed class MembershipStore(Database database)
{
    private static readonly Columns<Row> Table = new("workspace_members", "m");

    public async ValueTask<Membership?> FindAsync(
        string serviceAccountId,
        string workspaceId,
        CancellationToken cancellationToken
    )
    {
        var rows = await QueryAsync(
            Table.Select + " WHERE m.service_account_id = @serviceAccountId AND m.workspace_id = @workspaceId",
            new { serviceAccountId, workspaceId },
            cancellationToken
        );
        return rows.Count == 0 ? null : rows[0].Value;
    }

    /// <summary>Newest first, at most <see cref="PageRequest.Count"/>, with their ordinals.</summary>
    public async ValueTask<IReadOnlyList<Numbered<Membership>>> ListOfAccountAsync(
        string serviceAccountId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        await QueryAsync(
            Table.Select
                + " WHERE m.service_account_id = @serviceAccountId AND m.ordinal < @Before "
                + "ORDER BY m.ordinal DESC LIMIT @Count",
            new
            {
                serviceAccountId,
                page.Before,
                page.Count,
            },
            cancellationToken
        );

    /// <summary>As <see cref="ListOfAccountAsync"/>, without archived accounts.</summary>
    public async ValueTask<IReadOnlyList<Numbered<Membership>>> ListOfWorkspaceAsync(
        string workspaceId,
        PageRequest page,
        CancellationToken cancellationToken
    ) =>
        await QueryAsync(
            Table.Select
                + " JOIN service_accounts a ON a.id = m.service_account_id AND a.archived_at_ms IS NULL"
                + " WHERE m.workspace_id = @workspaceId AND m.ordinal < @Before ORDER BY m.ordinal DESC LIMIT @Count",
            new
            {
                workspaceId,
                page.Before,
                page.Count,
            },
            cancellationToken
        );

    /// <summary>Returns the memberships of all organizations.</summary>
    public async ValueTask<IReadOnlyList<Membership>> AllAsync(CancellationToken cancellationToken) =>
        [.. (await QueryAsync(Table.Select, null, cancellationToken)).Select(row => row.Value)];

    public ValueTask<IReadOnlyList<Membership>> OfAccountsAsync(
        IReadOnlyList<string> serviceAccountIds,
        CancellationToken cancellationToken
    ) =>
        IdLists.ReadAsync(
            serviceAccountIds,
            async some =>
                (
                    await QueryAsync(
                        Table.Select + " WHERE " + database.AnyOf("m.service_account_id", "@some"),
                        new { some },
                        cancellationToken
                    )
                ).Select(row => row.Value)
        );

    /// <summary>
    /// Adds the membership, or replaces the role of an existing one; <see cref="FederationErrors.ReferenceArchived"/>
    /// if the account was archived in the meantime.
    /// </summary>
    public IReadOnlyList<Statement> Put(Membership membership) =>
        [
            // Updates the account's row only if it is live: the number of updated rows is the check.
            new Statement(
                "UPDATE service_accounts SET version = version WHERE id = @Id AND archived_at_ms IS NULL",
                new { Id = membership.ServiceAccountId.Value }
            ).ExpectingOne(FederationErrors.ReferenceArchived()),
            new Statement(
                $"{Table.InsertValues} ON CONFLICT (service_account_id, workspace_id) DO UPDATE SET "
                    + "workspace_role = excluded.workspace_role",
                Row.Create(membership)
            ),
        ];

    public Statement Remove(ServiceAccountId account, WorkspaceId workspace) =>
        new(
            "DELETE FROM workspace_members WHERE service_account_id = @Account AND workspace_id = @Workspace",
            new { Account = account.Value, Workspace = workspace.Value }
        );

    private async ValueTask<IReadOnlyList<Numbered<Membership>>> QueryAsync(
        string sql,
        object? parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(sql, parameters, cancellationToken);
        return [.. rows.Select(row => new Numbered<Membership>(row.Ordinal, row.ToMembership()))];
    }

    private sealed record Row
    {
        public long Ordinal { get; init; }

        public required string ServiceAccountId { get; init; }

        public required string WorkspaceId { get; init; }

        public required string WorkspaceRole { get; init; }

        public long CreatedAtMs { get; init; }

        public string? CreatedBy { get; init; }

        public static Row Create(Membership membership) =>
            new()
            {
                ServiceAccountId = membership.ServiceAccountId.Value,
                WorkspaceId = membership.WorkspaceId.Value,
                WorkspaceRole = membership.Role.Name(),
                CreatedAtMs = membership.CreatedAt.ToStore(),
                CreatedBy = membership.CreatedBy,
            };

        public Membership ToMembership() =>
            new(
                Culvert.Identity.Service.Ids.ServiceAccountId.Wrap(ServiceAccountId),
                Culvert.Identity.Service.Ids.WorkspaceId.Wrap(WorkspaceId),
                WireNames.Parse<WorkspaceRole>(WorkspaceRole),
                Instants.FromStore(CreatedAtMs),
                CreatedBy
            );
    }
}
