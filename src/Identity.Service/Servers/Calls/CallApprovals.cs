using System.Text.Json;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Webhooks;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>
/// Requests, decides and uses approvals of calls. Each step is one decision of the journal, so that only one of two agents
/// with simultaneous requests makes the call:
/// <list type="table">
/// <item><term>no live request</term><description>a new one, pending</description></item>
/// <item><term>pending</term><description>pending</description></item>
/// <item><term>rejected</term><description>rejected, until it expires</description></item>
/// <item><term>approved</term><description>used; the agent may make the call</description></item>
/// </list>
/// </summary>
internal sealed class CallApprovals(
    CallApprovalStore store,
    CallerPersons callers,
    WebhookQueue webhooks,
    Ordinals ordinals,
    IJournal journal,
    Current<ApprovalOptions> options,
    TimeProvider time
)
{
    // Another agent or person may be first each time; the next attempt reads the new state.
    private const int MaxTries = 5;

    /// <summary>When a caller that cannot be served now should try again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async ValueTask<Result<CallApprovalAnswer>> RequestAsync(
        MachinePeer peer,
        AuditCause cause,
        CallApprovalRequest call,
        CancellationToken cancellationToken
    )
    {
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            var now = time.GetStoreNow();
            var found = await store.FindLiveAsync(peer.TunnelId!, call.Binding, now, cancellationToken);
            if (found is { State: CallApprovalState.Pending or CallApprovalState.Rejected })
            {
                return Answer(found);
            }

            var after = found is null
                ? Create(peer, call, now)
                : found with
                {
                    State = CallApprovalState.Used,
                    UsedAtMs = now.ToStore(),
                };
            var result = await CommitAsync(
                cause,
                found is null ? AuditEvents.CallApprovalRequested : AuditEvents.CallApprovalUsed,
                after,
                found is null ? store.Insert(after) : [store.Use(found, now)],
                now,
                cancellationToken
            );
            if (!result.IsStale)
            {
                return result.RefusalUnlessCommitted() is { } refusal ? refusal : Answer(after);
            }
        }

        return StorageErrors.Unavailable.Refuse() with
        {
            RetryAfter = Pause,
        };
    }

    public async ValueTask<Result<CallApprovalRow>> ApproveAsync(
        CallDecider decider,
        CallApprovalRow before,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (CheckDecidable(before) is { } refusal)
        {
            return refusal;
        }

        // With single sign-on, a caller and an approver have the same issuer and subject.
        if (
            !options.Value.IsSingle
            && decider.Person == await callers.FindAsync(before.OrganizationId, before.Call, cancellationToken)
        )
        {
            return CallApprovalErrors.OwnCall.Refuse();
        }

        var now = time.GetStoreNow();
        if (before.Approvers > 1 && before.FirstPerson is null)
        {
            return await DecideAsync(
                decider,
                AuditEvents.CallApprovalApproved,
                before,
                before with
                {
                    FirstBy = decider.Name,
                    FirstPerson = decider.Person,
                    FirstAtMs = now.ToStore(),
                    Reason = reason,
                },
                now,
                cancellationToken
            );
        }

        if (
            before.Approvers > 1
            && PersonIdentification.CheckAreTwo(before.FirstPerson, decider.Person, CallApprovalErrors.SamePerson)
                is { } alone
        )
        {
            return alone;
        }

        return await DecideAsync(
            decider,
            AuditEvents.CallApprovalApproved,
            before,
            before with
            {
                State = CallApprovalState.Approved,
                DecidedBy = decider.Name,
                DecidedAtMs = now.ToStore(),
                Reason = reason ?? before.Reason,
            },
            now,
            cancellationToken
        );
    }

    public async ValueTask<Result<CallApprovalRow>> RejectAsync(
        CallDecider decider,
        CallApprovalRow before,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (CheckDecidable(before) is { } refusal)
        {
            return refusal;
        }

        var now = time.GetStoreNow();
        return await DecideAsync(
            decider,
            AuditEvents.CallApprovalRejected,
            before,
            before with
            {
                State = CallApprovalState.Rejected,
                DecidedBy = decider.Name,
                DecidedAtMs = now.ToStore(),
                Reason = reason,
            },
            now,
            cancellationToken
        );
    }

    private Refusal? CheckDecidable(CallApprovalRow row) =>
        row.GetState(time.GetUtcNow()) switch
        {
            CallApprovalState.Pending => null,
            CallApprovalState.Expired => CallApprovalErrors.Expired.Refuse(),
            var state => CallApprovalErrors.Decided.Refuse().With("state", state),
        };

    private async ValueTask<Result<CallApprovalRow>> DecideAsync(
        CallDecider decider,
        string name,
        CallApprovalRow before,
        CallApprovalRow after,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var result = await CommitAsync(
            decider.Cause,
            name,
            after,
            [.. decider.Conditions, store.Decide(before, after, now)],
            now,
            cancellationToken,
            decider.Replay
        );
        if (result.Outcome == CommitOutcome.Replayed)
        {
            return decider.ReplayRefusal!;
        }

        if (result.IsStale)
        {
            // Another person decided first: the new state determines the answer.
            var current = await store.FindAsync(before.TunnelId, before.Id, cancellationToken);
            return current is null ? RequestErrors.NotFound.Refuse()
                : CheckDecidable(current) is { } refusal ? refusal
                : StorageErrors.Unavailable.Refuse() with { RetryAfter = Pause };
        }

        return result.RefusalUnlessCommitted() is { } unavailable ? unavailable : after;
    }

    private async ValueTask<CommitResult> CommitAsync(
        AuditCause cause,
        string name,
        CallApprovalRow after,
        IReadOnlyList<Statement> statements,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        ReplayKey? replay = null
    )
    {
        var messages = await webhooks.EnqueueAsync(
            after.OrganizationId,
            ToMessageType(name),
            now,
            [.. CallApprovalDecided.Describe(after), ("expires_at", Instants.FromStore(after.ExpiresAtMs))],
            cancellationToken
        );
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new CallApprovalDecided(name, new AuditOrigin(now, cause), after),
                Replay = replay,
                Statements = [.. statements, .. messages],
            },
            cancellationToken
        );
        if (result.IsCommitted && messages.Count > 0)
        {
            webhooks.Wake();
        }

        return result;
    }

    private CallApprovalRow Create(MachinePeer peer, CallApprovalRequest call, DateTimeOffset now) =>
        new()
        {
            Id = CallApprovalId.New().Value,
            Ordinal = ordinals.Next(),
            TunnelId = peer.TunnelId!,
            OrganizationId = peer.OrganizationId!,
            Binding = call.Binding,
            CallerKey = Calls.CallerKey.Compute(call.Issuer, call.Subject, call.ClientId),
            Description = JsonSerializer.Serialize(call, WireJson.Default.CallApprovalRequest),
            Approvers = call.Approvers,
            State = CallApprovalState.Pending,
            CreatedAtMs = now.ToStore(),
            ExpiresAtMs = now.AddSeconds(call.ExpiresIn).ToStore(),
        };

    private static CallApprovalAnswer Answer(CallApprovalRow row) =>
        new(
            Id: row.Id,
            State: row.State == CallApprovalState.Used ? CallApprovalAnswer.Approved : row.State,
            ExpiresAt: Instants.FromStore(row.ExpiresAtMs)
        );

    // Maps the event tunnel_approval_requested to approval.requested.
    private static string ToMessageType(string name) =>
        name.Replace("tunnel_approval_", "approval.", StringComparison.Ordinal);
}
