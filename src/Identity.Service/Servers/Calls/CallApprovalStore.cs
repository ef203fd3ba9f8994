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

    /// <summary>Who decides when the caller is off-boarded.</summary>
    private const string OffBoarding = "off_boarding";

    private const string Unused =
        "caller_key IN (@Provider, @Organization) AND state IN ('pending', 'approved') AND expires_at_ms > @Now "
        + "AND created_at_ms < @Before AND tunnel_id IN (SELECT id FROM tunnels WHERE organization_id = @organizationId)";

    private static readonly Columns<CallApprovalRow> Table = new("call_approvals", "a");

    private static readonly string Select =
        $"SELECT {Table.Names}, t.organization_id FROM call_approvals a JOIN tunnels t ON t.id = a.tunnel_id ";

    private static readonly string DeleteOld =
        "DELETE FROM call_approvals WHERE tunnel_id = @TunnelId "
        + $"AND expires_at_ms <= @CreatedAtMs - {(long)Retention.TotalMilliseconds}";

    private static readonly string FewArePending =
        "(SELECT COUNT(*) FROM call_approvals "
        + $"WHERE tunnel_id = @TunnelId AND state = 'pending' AND expires_at_ms > @CreatedAtMs) < {MaxPending} "
        + "AND (SELECT COUNT(*) FROM call_approvals WHERE tunnel_id = @TunnelId AND caller_key = @CallerKey "
        + $"AND state = 'pending' AND expires_at_ms > @CreatedAtMs) < {MaxPendingOfCaller}";

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
    /// Inserts a request, replacing an expired one; stale if the binding has a live request. <see
    /// cref="CallApprovalErrors.TooMany"/> if the tunnel or the caller has the maximum number of pending requests.
    /// </summary>
    public IReadOnlyList<Statement> Insert(CallApprovalRow row)
    {
        var live = row with { LiveBinding = row.Binding };
        return
        [
            TunnelLock.Acquire(live),
            new Statement(DeleteOld, live),
            new Statement(
                "UPDATE call_approvals SET live_binding = NULL WHERE tunnel_id = @TunnelId AND live_binding = @Binding "
                    + "AND expires_at_ms <= @CreatedAtMs",
                live
            ),
            Table
                .InsertWhere(live, FewArePending)
                .ExpectingOne(CallApprovalErrors.TooMany.Refuse() with { RetryAfter = CallApprovals.Pause })
                .Unique(),
        ];
    }

    /// <summary>The number of requests that <see cref="RejectUnused"/> rejects.</summary>
    public async ValueTask<int> CountUnusedAsync(
        string organizationId,
        (string Provider, string Organization) callerKeys,
        DateTimeOffset before,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        (int)
            await database.SingleAsync<long>(
                "SELECT COUNT(*) FROM call_approvals WHERE " + Unused,
                new
                {
                    organizationId,
                    callerKeys.Provider,
                    callerKeys.Organization,
                    Before = before.ToStore(),
                    Now = now.ToStore(),
                },
                cancellationToken
            );

    /// <summary>Rejects what those callers requested before that time and that were not used.</summary>
    public Statement RejectUnused(
        string organizationId,
        (string Provider, string Organization) callerKeys,
        DateTimeOffset before,
        DateTimeOffset now
    ) =>
        new(
            "UPDATE call_approvals SET state = 'rejected', decided_by = @DecidedBy, decided_at_ms = @Now, "
                + "reason = @Reason WHERE "
                + Unused,
            new
            {
                organizationId,
                callerKeys.Provider,
                callerKeys.Organization,
                Before = before.ToStore(),
                Now = now.ToStore(),
                DecidedBy = OffBoarding,
                Reason = "The caller was off-boarded.",
            }
        );

    /// <summary>
    /// Uses an approval: one of several simultaneous agents succeeds, for the others it is stale.
    /// </summary>
    public Statement Use(CallApprovalRow row, DateTimeOffset now) =>
        new Statement(
            "UPDATE call_approvals SET state = 'used', live_binding = NULL, used_at_ms = @Now "
                + "WHERE id = @Id AND state = 'approved' AND expires_at_ms > @Now",
            new { row.Id, Now = now.ToStore() }
        ).ExpectingOne();

    /// <summary>
    /// Stores a person's decision; stale if another person decided first or it has expired.
    /// </summary>
    public Statement Decide(CallApprovalRow before, CallApprovalRow after, DateTimeOffset now) =>
        new Statement(
            "UPDATE call_approvals SET state = @State, first_by = @FirstBy, first_person = @FirstPerson, "
                + "first_at_ms = @FirstAtMs, decided_by = @DecidedBy, decided_at_ms = @DecidedAtMs, reason = @Reason "
                + "WHERE id = @Id AND state = 'pending' AND expires_at_ms > @Now AND COALESCE(first_person, '') = @Seen",
            new
            {
                after.Id,
                after.State,
                after.FirstBy,
                after.FirstPerson,
                after.FirstAtMs,
                after.DecidedBy,
                after.DecidedAtMs,
                after.Reason,
                Now = now.ToStore(),
                Seen = before.FirstPerson ?? "",
            }
        ).ExpectingOne();
}
