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
/// Drafts versions of routes' policies and decides about them:
/// <list type="table">
/// <item><term>draft</term><description>approve: active, and the active one is superseded; reject: rejected</description></item>
/// <item><term>active</term><description>roll back: superseded, and the version that its approval replaced is active
/// again; once, so that one person can take the last approval back and no earlier one</description></item>
/// <item><term>superseded, rejected</term><description>final, but for a rollback</description></item>
/// </list>
/// </summary>
internal sealed class RoutePolicies(
    RoutePolicyStore store,
    Persons persons,
    Ordinals ordinals,
    IJournal journal,
    TimeProvider time
)
{
    /// <summary>Of all active policies of a tunnel: every feed has them.</summary>
    public const int MaxActiveBytes = 1024 * 1024;

    // Another person may be first each time.
    private const int MaxTries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async ValueTask<Result<RoutePolicyRow>> DraftAsync(
        ApiRequest request,
        Tunnel tunnel,
        DraftRoutePolicyRequest draft,
        CancellationToken cancellationToken
    )
    {
        if (!IsRouteOf(tunnel, draft.Hostname))
        {
            return RoutePolicyErrors.Hostname.Refuse();
        }

        if (PolicyForm.FindProblem(draft.Text) is { } problem)
        {
            return RoutePolicyErrors.Form.Refuse().With("problem", problem);
        }

        var person = await persons.OfAsync(request.Caller, cancellationToken);
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
                DraftedBy = request.Caller.ActorId,
                DraftedPerson = person,
                DraftedAt = now.ToStore(),
            };
            var result = await CommitAsync(
                request,
                AuditEvents.RoutePolicyDrafted,
                row,
                null,
                store.Insert(row),
                now,
                cancellationToken
            );
            if (result.Conflict is not RoutePolicyConflict.Stale)
            {
                return result.Conflict is RoutePolicyConflict.TooMany
                    ? RoutePolicyErrors.TooMany.Refuse() with
                    {
                        RetryAfter = Pause,
                    }
                    : Answer(result, row);
            }
        }

        return StorageErrors.Unavailable.Refuse() with
        {
            RetryAfter = Pause,
        };
    }

    public async ValueTask<Result<RoutePolicyRow>> ApproveAsync(
        ApiRequest request,
        RoutePolicyRow before,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (CheckDecidable(request, before) is { } refusal)
        {
            return refusal;
        }

        var person = await persons.OfAsync(request.Caller, cancellationToken);
        if (Persons.CheckAreTwo(before.DraftedPerson, person, RoutePolicyErrors.SamePerson) is { } alone)
        {
            return alone;
        }

        var all = await store.ListActiveAsync(before.TunnelId, cancellationToken);
        var active = all.FirstOrDefault(other => other.Hostname == before.Hostname);
        if (active?.Version > before.Version)
        {
            return RoutePolicyErrors.Outdated.Refuse();
        }

        var others = all.Where(other => other != active).Sum(other => Encoding.UTF8.GetByteCount(other.Content));
        if (others + Encoding.UTF8.GetByteCount(before.Content) > MaxActiveBytes)
        {
            return RoutePolicyErrors.TooLarge.Refuse();
        }

        var now = time.GetStoreNow();
        var after = before with
        {
            State = RoutePolicyState.Active,
            ReplacedId = active?.Id,
            DecidedBy = request.Caller.ActorId,
            DecidedAt = now.ToStore(),
            Reason = reason,
        };
        return await DecideAsync(
            request,
            AuditEvents.RoutePolicyApproved,
            after,
            active,
            store.Activate(before, after, active),
            now,
            cancellationToken
        );
    }

    public async ValueTask<Result<RoutePolicyRow>> RejectAsync(
        ApiRequest request,
        RoutePolicyRow before,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (CheckDecidable(request, before) is { } refusal)
        {
            return refusal;
        }

        var now = time.GetStoreNow();
        var after = before with
        {
            State = RoutePolicyState.Rejected,
            DecidedBy = request.Caller.ActorId,
            DecidedAt = now.ToStore(),
            Reason = reason,
        };
        return await DecideAsync(
            request,
            AuditEvents.RoutePolicyRejected,
            after,
            null,
            [store.Reject(after)],
            now,
            cancellationToken
        );
    }

    public async ValueTask<Result<RoutePolicyRow>> RollBackAsync(
        ApiRequest request,
        Tunnel tunnel,
        RollBackPolicyRequest body,
        CancellationToken cancellationToken
    )
    {
        if (Persons.CheckIsPerson(request.Caller) is { } workload)
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

        var now = time.GetStoreNow();
        var after = before with
        {
            State = RoutePolicyState.Active,
            ReplacedId = null,
            DecidedBy = request.Caller.ActorId,
            DecidedAt = now.ToStore(),
            Reason = body.Reason,
        };
        var result = await CommitAsync(
            request,
            AuditEvents.RoutePolicyRolledBack,
            after,
            active,
            store.Activate(before, after, active),
            now,
            cancellationToken
        );

        // Another person was first. Their decision is not the one that the caller meant to take back.
        return result.Conflict is RoutePolicyConflict.Stale
            ? RoutePolicyErrors.NoRollback.Refuse()
            : Answer(result, after);
    }

    private static bool IsRouteOf(Tunnel tunnel, string hostname) =>
        hostname == tunnel.Domain
        || (
            hostname.EndsWith($".{tunnel.Domain}", StringComparison.Ordinal)
            && hostname[..^(tunnel.Domain.Length + 1)] is { Length: > 0 and <= 63 } label
            && label.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        );

    private static Refusal? CheckDecidable(ApiRequest request, RoutePolicyRow row) =>
        Persons.CheckIsPerson(request.Caller) is { } workload ? workload
        : row.State == RoutePolicyState.Draft ? null
        : RoutePolicyErrors.Decided.Refuse().With("state", row.State);

    private async ValueTask<Result<RoutePolicyRow>> DecideAsync(
        ApiRequest request,
        string name,
        RoutePolicyRow after,
        RoutePolicyRow? replaced,
        IReadOnlyList<Statement> statements,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var result = await CommitAsync(request, name, after, replaced, statements, now, cancellationToken);
        if (result.Conflict is not RoutePolicyConflict.Stale)
        {
            return Answer(result, after);
        }

        // Another person was first: the state that they left decides the answer.
        var current = await store.FindAsync(after.TunnelId, after.Id, cancellationToken);
        return current is not null && CheckDecidable(request, current) is { } refusal
            ? refusal
            : StorageErrors.Unavailable.Refuse() with
            {
                RetryAfter = Pause,
            };
    }

    private static Result<RoutePolicyRow> Answer(CommitResult result, RoutePolicyRow row) =>
        result.Conflict is TunnelConflict.Stale ? TunnelErrors.Archived.Refuse()
        : result.RefusalIfUnavailable() is { } unavailable ? unavailable
        : row;

    private ValueTask<CommitResult> CommitAsync(
        ApiRequest request,
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
                Event = new RoutePolicyChanged(name, after, replaced)
                {
                    At = now,
                    Cause = AuditCause.Of(request),
                    OrganizationId = after.OrganizationId,
                    Resources =
                    [
                        // First: after a restore from a backup this is what is held.
                        new AuditResource("route", $"{after.TunnelId}/{after.Hostname}"),
                        new AuditResource("route_policy", after.Id),
                        new AuditResource("tunnel", after.TunnelId),
                    ],
                },
                Statements = statements,
                Changes = after.State == RoutePolicyState.Active ? ChangeTopics.Feed : ChangeTopics.None,
            },
            cancellationToken
        );
}
