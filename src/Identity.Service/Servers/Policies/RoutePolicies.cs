using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>
/// Drafts and decides versions of policies:
/// <list type="table">
/// <item><term>draft</term><description>approve: active, and the active one is superseded; reject: rejected; withdraw, by
/// the person who drafted it: withdrawn</description></item>
/// <item><term>active</term><description>roll back: superseded, and the version that its approval replaced is active
/// again; only once, so that one person can revert the last approval and no earlier one</description></item>
/// <item><term>superseded, rejected, withdrawn</term><description>final, but for a rollback</description></item>
/// </list>
/// </summary>
internal sealed class RoutePolicies(
    RoutePolicyStore store,
    PersonIdentification persons,
    Ordinals ordinals,
    IJournal journal,
    TimeProvider time
)
{
    /// <summary>The total size of a tunnel's active policies: every feed contains them.</summary>
    public const int MaxActiveBytes = 1024 * 1024;

    // Another person may be first each time.
    private const int MaxTries = 5;

    /// <summary>When a caller that cannot be served now should try again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async ValueTask<Result<RoutePolicyRow>> DraftAsync(
        OperationContext context,
        Tunnel tunnel,
        DraftRoutePolicyRequest draft,
        CancellationToken cancellationToken
    )
    {
        if (!CanBeRoute(tunnel, draft.Hostname))
        {
            return RoutePolicyErrors.Hostname.Refuse();
        }

        if (PolicyForm.FindProblems(draft.Text) is { Count: > 0 } problems)
        {
            return RoutePolicyErrors.MalformedText(problems);
        }

        var person = await persons.OfAsync(context.Caller, cancellationToken);
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            var now = time.GetStoreNow();
            var newest = await store.FindNewestAsync(tunnel.Id.Value, draft.Hostname, cancellationToken);
            var row = new RoutePolicyRow
            {
                Id = RoutePolicyId.New().Value,
                Ordinal = ordinals.Next(),
                TunnelId = tunnel.Id.Value,
                OrganizationId = tunnel.OrganizationId,
                Hostname = draft.Hostname,
                Version = newest + 1,
                Content = draft.Text,
                Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(draft.Text))),
                Comment = draft.Comment,
                State = RoutePolicyState.Draft,
                DraftedBy = context.Caller.ActorId,
                DraftedPerson = person,
                DraftedAtMs = now.ToStore(),
            };
            var result = await CommitAsync(
                context,
                AuditEvents.RoutePolicyDrafted,
                row,
                null,
                store.Insert(row),
                now,
                cancellationToken
            );
            if (!result.IsStale)
            {
                return Answer(result, row);
            }
        }

        return Retry();
    }

    /// <summary>
    /// If two approvals compared with the same version, only one succeeds: it replaces the version that the other one names
    /// as current (<see cref="ApproveRoutePolicyRequest.Replaces"/>).
    /// </summary>
    public async ValueTask<Result<RoutePolicyRow>> ApproveAsync(
        OperationContext context,
        RoutePolicyRow before,
        ApproveRoutePolicyRequest approval,
        CancellationToken cancellationToken
    )
    {
        if (CheckDecidable(context, before) is { } refusal)
        {
            return refusal;
        }

        var person = await persons.OfAsync(context.Caller, cancellationToken);
        if (PersonIdentification.CheckAreTwo(before.DraftedPerson, person, RoutePolicyErrors.SamePerson) is { } alone)
        {
            return alone;
        }

        var all = await store.ListActiveAsync(before.TunnelId, cancellationToken);
        var active = all.FirstOrDefault(other => other.Hostname == before.Hostname);
        if (CheckReplaces(approval, active) is { } replaced)
        {
            return replaced;
        }

        if (active?.Version > before.Version)
        {
            return RoutePolicyErrors.Outdated.Refuse();
        }

        var others = all.Where(other => other != active).Sum(other => Encoding.UTF8.GetByteCount(other.Content));
        if (others + Encoding.UTF8.GetByteCount(before.Content) > MaxActiveBytes)
        {
            return RoutePolicyErrors.TooLarge.Refuse();
        }

        var (after, result) = await ActivateAsync(
            context,
            AuditEvents.RoutePolicyApproved,
            before,
            before with
            {
                ReplacedId = active?.Id,
                Reason = approval.Reason,
            },
            active,
            cancellationToken
        );
        if (!result.IsStale)
        {
            return Answer(result, after);
        }

        var current = await store.FindActiveAsync(before.TunnelId, before.Hostname, cancellationToken);
        return await FindDecisionAsync(before, cancellationToken) ?? CheckReplaces(approval, current) ?? Retry();
    }

    public async ValueTask<Result<RoutePolicyRow>> RejectAsync(
        OperationContext context,
        RoutePolicyRow before,
        string? reason,
        CancellationToken cancellationToken
    ) =>
        CheckDecidable(context, before) is { } refusal
            ? refusal
            : await EndAsync(
                context,
                AuditEvents.RoutePolicyRejected,
                before with
                {
                    State = RoutePolicyState.Rejected,
                    Reason = reason,
                },
                cancellationToken
            );

    /// <summary>Also allowed for a federated workload: it may withdraw its own draft, but decides nothing.</summary>
    public async ValueTask<Result<RoutePolicyRow>> WithdrawAsync(
        OperationContext context,
        RoutePolicyRow before,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (await persons.OfAsync(context.Caller, cancellationToken) != before.DraftedPerson)
        {
            return RoutePolicyErrors.NotDrafter.Refuse();
        }

        return CheckIsDraft(before) is { } refusal
            ? refusal
            : await EndAsync(
                context,
                AuditEvents.RoutePolicyWithdrawn,
                before with
                {
                    State = RoutePolicyState.Withdrawn,
                    Reason = reason,
                },
                cancellationToken
            );
    }

    public async ValueTask<Result<RoutePolicyRow>> RollBackAsync(
        OperationContext context,
        Tunnel tunnel,
        RollBackPolicyRequest body,
        CancellationToken cancellationToken
    )
    {
        if (PersonIdentification.CheckIsPerson(context.Caller) is { } workload)
        {
            return workload;
        }

        var active = await store.FindActiveAsync(tunnel.Id.Value, body.Hostname, cancellationToken);
        if (
            active?.ReplacedId is not { } id
            || await store.FindAsync(tunnel.Id.Value, id, cancellationToken) is not { } before
        )
        {
            return RoutePolicyErrors.NoRollback.Refuse();
        }

        var (after, result) = await ActivateAsync(
            context,
            AuditEvents.RoutePolicyRolledBack,
            before,
            before with
            {
                ReplacedId = null,
                Reason = body.Reason,
            },
            active,
            cancellationToken
        );

        // Another person decided first: that is not the approval that the caller meant to revert.
        return result.IsStale ? RoutePolicyErrors.NoRollback.Refuse() : Answer(result, after);
    }

    private static bool CanBeRoute(Tunnel tunnel, string hostname) =>
        hostname == tunnel.Domain
        || (
            hostname.EndsWith($".{tunnel.Domain}", StringComparison.Ordinal)
            && hostname[..^(tunnel.Domain.Length + 1)] is { Length: > 0 and <= 63 } label
            && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        );

    private static Refusal? CheckDecidable(OperationContext context, RoutePolicyRow row) =>
        PersonIdentification.CheckIsPerson(context.Caller) ?? CheckIsDraft(row);

    private static Refusal? CheckIsDraft(RoutePolicyRow row) =>
        row.State == RoutePolicyState.Draft ? null : RoutePolicyErrors.Decided.Refuse().With("state", row.State);

    private static Refusal? CheckReplaces(ApproveRoutePolicyRequest approval, RoutePolicyRow? active) =>
        approval.Replaces is null || approval.Replaces == (active?.Id ?? ApproveRoutePolicyRequest.Nothing)
            ? null
            : RoutePolicyErrors.Replaced.Refuse().With("active_id", active?.Id);

    private static Refusal Retry() => StorageErrors.Unavailable.Refuse() with { RetryAfter = Pause };

    // Closes a draft without using it.
    private async ValueTask<Result<RoutePolicyRow>> EndAsync(
        OperationContext context,
        string name,
        RoutePolicyRow ended,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var after = ended with { DecidedBy = context.Caller.ActorId, DecidedAtMs = now.ToStore() };
        var result = await CommitAsync(context, name, after, null, [store.End(after)], now, cancellationToken);
        return result.IsStale ? await FindDecisionAsync(after, cancellationToken) ?? Retry() : Answer(result, after);
    }

    // Another person decided first: the new state determines the answer.
    private async ValueTask<Refusal?> FindDecisionAsync(RoutePolicyRow row, CancellationToken cancellationToken) =>
        await store.FindAsync(row.TunnelId, row.Id, cancellationToken) is { } current ? CheckIsDraft(current) : null;

    private static Result<RoutePolicyRow> Answer(CommitResult result, RoutePolicyRow row) =>
        result.RefusalUnlessCommitted() is { } refusal ? refusal : row;

    // Records the caller's decision to replace the active version.
    private async ValueTask<(RoutePolicyRow After, CommitResult Result)> ActivateAsync(
        OperationContext context,
        string name,
        RoutePolicyRow before,
        RoutePolicyRow decided,
        RoutePolicyRow? active,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var after = decided with
        {
            State = RoutePolicyState.Active,
            DecidedBy = context.Caller.ActorId,
            DecidedAtMs = now.ToStore(),
        };
        var statements = store.Activate(before, after, active);
        return (after, await CommitAsync(context, name, after, active, statements, now, cancellationToken));
    }

    private ValueTask<CommitResult> CommitAsync(
        OperationContext context,
        string name,
        RoutePolicyRow after,
        RoutePolicyRow? replaced,
        IReadOnlyList<Statement> statements,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        journal.CommitAsync(
            new Decision
            {
                Event = new RoutePolicyChanged(name, context.OriginAt(now), after, replaced),
                Statements = statements,
                Changes = after.State == RoutePolicyState.Active ? ChangeTopics.Feed : ChangeTopics.None,
            },
            cancellationToken
        );
}
