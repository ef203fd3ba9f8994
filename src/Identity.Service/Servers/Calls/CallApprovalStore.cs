using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>Stores approval requests. Only one is live per binding.</summary>
internal sealed class CallApprovalStore(Database database)
{
    /// <summary>Per tunnel: people must decide them.</summary>
    public const int MaxPending = 1000;

    /// <summary>Per caller, so that no caller can use up a tunnel's limit.</summary>
    public const int MaxPendingOfCaller = 100;

    /// <summary>How long requests are listed after their expiry. The audit keeps every decision.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    private const string Select =
        "SELECT a.id AS Id, a.ordinal AS Ordinal, a.tunnel_id AS TunnelId, t.organization_id AS OrganizationId, "
        + "a.binding AS Binding, a.caller_key AS CallerKey, a.description AS Description, a.approvers AS Approvers, "
        + "a.state AS State, a.created_at_ms AS CreatedAt, a.expires_at_ms AS ExpiresAt, a.first_by AS FirstBy, "
        + "a.first_person AS FirstPerson, a.first_at_ms AS FirstAt, a.decided_by AS DecidedBy, "
        + "a.decided_at_ms AS DecidedAt, a.reason AS Reason, a.used_at_ms AS UsedAt "
        + "FROM call_approvals a JOIN tunnels t ON t.id = a.tunnel_id ";

    public ValueTask<CallApprovalRow?> FindAsync(string tunnelId, string id, CancellationToken cancellationToken) =>
        database.SingleOrDefaultAsync<CallApprovalRow>(
            Select + "WHERE a.tunnel_id = @tunnelId AND a.id = @id",
            new { tunnelId, id },
            cancellationToken
        );

    public ValueTask<CallApprovalRow?> FindInOrganizationAsync(
        string organizationId,
        string id,
        CancellationToken cancellationToken
    ) =>
        database.SingleOrDefaultAsync<CallApprovalRow>(
            Select + "WHERE t.organization_id = @organizationId AND a.id = @id",
            new { organizationId, id },
            cancellationToken
        );

    /// <summary>The live request of a binding; null if there is none or it has expired.</summary>
    public ValueTask<CallApprovalRow?> FindLiveAsync(
        string tunnelId,
        string binding,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        database.SingleOrDefaultAsync<CallApprovalRow>(
            Select + "WHERE a.tunnel_id = @tunnelId AND a.live_binding = @binding AND a.expires_at_ms > @Now",
            new
            {
                tunnelId,
                binding,
                Now = now.ToStore(),
            },
            cancellationToken
        );

    /// <summary>Newest first.</summary>
    public async ValueTask<IReadOnlyList<CallApprovalRow>> ListAsync(
        CallApprovalFilter filter,
        PageRequest page,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        await database.QueryAsync<CallApprovalRow>(
            Select + $"WHERE {filter.ToSql()} AND a.ordinal < @Before ORDER BY a.ordinal DESC LIMIT @Count",
            new
            {
                filter.OrganizationId,
                filter.WorkspaceId,
                filter.TunnelId,
                States = $",{string.Join(',', filter.States)},",
                page.Before,
                Now = now.ToStore(),
                page.Count,
            },
            cancellationToken
        );

    /// <summary>The number of an organization's pending requests, and the first expiry.</summary>
    public async ValueTask<(long Count, DateTimeOffset? FirstExpiry)> CountPendingAsync(
        string organizationId,
        string? workspaceId,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (count, first) = await database.SingleAsync<(long Count, long? First)>(
            "SELECT COUNT(*), MIN(a.expires_at_ms) FROM call_approvals a JOIN tunnels t ON t.id = a.tunnel_id "
                + "WHERE t.organization_id = @organizationId AND (@workspaceId IS NULL OR t.workspace_id = @workspaceId) "
                + "AND a.state = 'pending' AND a.expires_at_ms > @now",
            new
            {
                organizationId,
                workspaceId,
                now = now.ToStore(),
            },
            cancellationToken
        );
        return (count, Instants.FromStore(first));
    }

    /// <summary>
    /// Inserts a request, replacing an expired one. Conflicts: <see cref="TunnelConflict.Stale"/> (tunnel archived),
    /// <see cref="CallApprovalConflict.Stale"/> (the binding has a live request),
    /// <see cref="CallApprovalConflict.TooMany"/>.
    /// </summary>
    public IReadOnlyList<Statement> Insert(CallApprovalRow row)
    {
        var parameters = new
        {
            row.Id,
            row.Ordinal,
            row.TunnelId,
            row.Binding,
            row.CallerKey,
            row.Description,
            row.Approvers,
            row.State,
            row.CreatedAt,
            row.ExpiresAt,
            Old = row.CreatedAt - (long)Retention.TotalMilliseconds,
            MaxPending,
            MaxPendingOfCaller,
        };
        return
        [
            TunnelLock.Take(parameters),
            new Statement(
                "DELETE FROM call_approvals WHERE tunnel_id = @TunnelId AND expires_at_ms <= @Old",
                parameters
            ),
            new Statement(
                "UPDATE call_approvals SET live_binding = NULL WHERE tunnel_id = @TunnelId AND live_binding = @Binding "
                    + "AND expires_at_ms <= @CreatedAt",
                parameters
            ),
            new Statement(
                "INSERT INTO call_approvals (id, ordinal, tunnel_id, binding, live_binding, caller_key, description, "
                    + "approvers, state, created_at_ms, expires_at_ms) SELECT @Id, @Ordinal, @TunnelId, @Binding, @Binding, "
                    + "@CallerKey, @Description, @Approvers, @State, @CreatedAt, @ExpiresAt WHERE (SELECT COUNT(*) "
                    + "FROM call_approvals WHERE tunnel_id = @TunnelId AND state = 'pending' "
                    + "AND expires_at_ms > @CreatedAt) < @MaxPending AND (SELECT COUNT(*) FROM call_approvals "
                    + "WHERE tunnel_id = @TunnelId AND caller_key = @CallerKey AND state = 'pending' "
                    + "AND expires_at_ms > @CreatedAt) < @MaxPendingOfCaller",
                parameters
            )
                .ExpectingOne(CallApprovalConflict.TooMany)
                .Unique(CallApprovalConflict.Stale),
        ];
    }

    /// <summary>
    /// Uses an approval: one of several simultaneous agents succeeds, the others get
    /// <see cref="CallApprovalConflict.Stale"/>.
    /// </summary>
    public Statement Use(CallApprovalRow row, DateTimeOffset now) =>
        new Statement(
            "UPDATE call_approvals SET state = 'used', live_binding = NULL, used_at_ms = @Now "
                + "WHERE id = @Id AND state = 'approved' AND expires_at_ms > @Now",
            new { row.Id, Now = now.ToStore() }
        ).ExpectingOne(CallApprovalConflict.Stale);

    /// <summary>
    /// Stores a person's decision. <see cref="CallApprovalConflict.Stale"/> if another person decided first or it has
    /// expired.
    /// </summary>
    public Statement Decide(CallApprovalRow before, CallApprovalRow after, DateTimeOffset now) =>
        new Statement(
            "UPDATE call_approvals SET state = @State, first_by = @FirstBy, first_person = @FirstPerson, "
                + "first_at_ms = @FirstAt, decided_by = @DecidedBy, decided_at_ms = @DecidedAt, reason = @Reason "
                + "WHERE id = @Id AND state = 'pending' AND expires_at_ms > @Now AND COALESCE(first_person, '') = @Seen",
            new
            {
                after.Id,
                after.State,
                after.FirstBy,
                after.FirstPerson,
                after.FirstAt,
                after.DecidedBy,
                after.DecidedAt,
                after.Reason,
                Now = now.ToStore(),
                Seen = before.FirstPerson ?? "",
            }
        ).ExpectingOne(CallApprovalConflict.Stale);
}
