using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>
/// The only place where an authority changes its state. Every move is one decision: the transition of <see
/// cref="AuthorityTransitions"/>, its guards, the audit entry and any change of the bundle. The second of two
/// concurrent moves is refused.
/// </summary>
internal sealed class AuthorityLifecycle(
    TunnelAuthorityStore authorities,
    TransitionGuards guards,
    AuthorityAnchors anchors,
    IRevocationPoints points,
    IJournal journal,
    TimeProvider time,
    ILogger<AuthorityLifecycle> logger
)
{
    /// <summary>How long a request stays open, and how long a deleted authority can be restored.</summary>
    public static readonly TimeSpan RegistrationLife = TimeSpan.FromDays(30);

    /// <summary>The maximum lag of verifiers' clocks: a leaf counts as expired only this long after its notAfter.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    // Each keeps a key and a request for as long as its registration is open.
    private const int MaxUnfinished = 8;

    public ValueTask<Result<TunnelAuthority>> RegisterAsync(
        TunnelAuthority authority,
        AuthorityMove move,
        CancellationToken cancellationToken
    ) =>
        CommitAsync(
            new AuthorityAudited(
                AuditEvents.AuthorityCreated,
                new AuditOrigin(time.GetUtcNow(), move.Cause),
                authority,
                move.Reason
            ),
            move,
            [authorities.Insert(authority, MaxUnfinished)],
            ChangeTopics.None,
            cancellationToken
        );

    /// <summary>Moves an authority in state <paramref name="expected"/>; unchanged if already in the target state.</summary>
    public async ValueTask<Result<TunnelAuthority>> MoveAsync(
        CertificateAuthorityId id,
        AuthorityState expected,
        AuthorityState to,
        AuthorityMove move,
        CancellationToken cancellationToken
    )
    {
        if (await authorities.FindAsync(id.Value, cancellationToken) is not { } authority)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (authority.State == to)
        {
            return authority;
        }

        return authority.State == expected
            ? await MoveAsync(authority, to, move, cancellationToken)
            : AuthorityErrors.InvalidState(authority, $"It was expected to be {WireNames.Get(expected)}.");
    }

    /// <summary>Moves an authority from the state in which it was read.</summary>
    public async ValueTask<Result<TunnelAuthority>> MoveAsync(
        TunnelAuthority authority,
        AuthorityState to,
        AuthorityMove move,
        CancellationToken cancellationToken
    )
    {
        if (AuthorityTransitions.Find(authority.State, to, authority.StateBefore) is not { } transition)
        {
            return AuthorityErrors.InvalidState(authority);
        }

        var required = transition.Guards & ~move.Waived;
        if (required.HasFlag(AuthorityGuards.RegistrationLives) && authority.RegistrationEnds <= time.GetUtcNow())
        {
            return await ExpireAsync(authority, cancellationToken);
        }

        var (refusal, overridden) = await guards.CheckAsync(authority, required, move, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        var now = time.GetStoreNow();
        var next = After(authority, to, move, now);
        List<Statement> changes = [];
        TunnelAuthority? retired = null;
        if (transition.Command == AuthorityCommand.Activate && next.HoldsKey)
        {
            // In this order: the store allows one active authority per tunnel at every moment.
            retired = await RetirePredecessorAsync(next, now, changes, cancellationToken);
        }

        if (transition.Command == AuthorityCommand.Stage && next.HoldsKey)
        {
            // From here on it has key and certificate and can sign. For a draft, lists would never be needed.
            changes.AddRange(points.InsertFor(next.Id, now));
        }

        next = await anchors.MoveAsync(authority, next, changes, cancellationToken);
        var update = authorities.Update(next, authority.State);
        changes.Add(
            transition.Command == AuthorityCommand.MakeKey ? update.Unique(AuthorityErrors.KeyTaken()) : update
        );
        changes.AddRange(move.With);
        var moved = await CommitAsync(
            new AuthorityAudited(
                ToEventName(transition.Command),
                new AuditOrigin(now, move.Cause),
                next,
                move.Reason,
                authority.State,
                authority.Override,
                overridden,
                transition.Guards & move.Waived,
                retired
            ),
            move,
            changes,
            AuthorityStates.IsTrusted(authority.State) || AuthorityStates.IsTrusted(to)
                ? ChangeTopics.Feed
                : ChangeTopics.None,
            cancellationToken
        );
        if (moved.Value is not null)
        {
            Log.AuthorityMoved(
                logger,
                next.Id.Value,
                next.TunnelId.Value,
                WireNames.Get(authority.State),
                WireNames.Get(to)
            );
        }

        return moved;
    }

    /// <summary>Updates the record without a state change: an override, a destroyed key.</summary>
    public ValueTask<Result<TunnelAuthority>> RecordAsync(
        string eventName,
        TunnelAuthority changed,
        AuthorityMove move,
        CancellationToken cancellationToken
    ) =>
        CommitAsync(
            new AuthorityAudited(eventName, new AuditOrigin(time.GetUtcNow(), move.Cause), changed, move.Reason),
            move,
            [authorities.Update(changed, changed.State), .. move.With],
            ChangeTopics.None,
            cancellationToken
        );

    // The registration has expired, so the command is too late.
    private async ValueTask<Result<TunnelAuthority>> ExpireAsync(
        TunnelAuthority authority,
        CancellationToken cancellationToken
    )
    {
        if (AuthorityStates.IsRegistering(authority.State))
        {
            await MoveAsync(
                authority,
                AuthorityState.Expired,
                AuthorityMove.BySystem("registration_expired"),
                cancellationToken
            );
        }

        return AuthorityErrors.ExpiredRegistration(authority);
    }

    private static TunnelAuthority After(
        TunnelAuthority before,
        AuthorityState to,
        AuthorityMove move,
        DateTimeOffset now
    ) =>
        (move.Change?.Invoke(before) ?? before) with
        {
            State = to,
            StateSince = now,
            StateBefore = to == AuthorityState.Deleted ? before.State : null,
            ArchivedAt = to == AuthorityState.Deleted ? now : null,
            // The override was for the step that it allowed, and for no later one.
            Override = null,
        };

    private async ValueTask<TunnelAuthority?> RetirePredecessorAsync(
        TunnelAuthority successor,
        DateTimeOffset now,
        List<Statement> changes,
        CancellationToken cancellationToken
    )
    {
        if (await authorities.FindActiveAsync(successor.TunnelId, cancellationToken) is not { } predecessor)
        {
            return null;
        }

        var retiring = predecessor with { State = AuthorityState.Retiring, StateSince = now, Override = null };
        changes.Add(authorities.Update(retiring, AuthorityState.Active));
        changes.Add(anchors.ReleaseSlot(predecessor));
        return retiring;
    }

    private async ValueTask<Result<TunnelAuthority>> CommitAsync(
        AuthorityAudited audited,
        AuthorityMove move,
        IReadOnlyList<Statement> changes,
        ChangeTopics topics,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = audited,
                Statements = changes,
                Changes = topics,
            },
            cancellationToken
        );
        // The anchor was archived at the same time, together with the tunnel.
        return result.IsStale ? TunnelErrors.Archived.Refuse()
            : result.RefusalUnlessCommitted() is { } refusal ? refusal
            : audited.Authority;
    }

    private static string ToEventName(AuthorityCommand command) =>
        command switch
        {
            AuthorityCommand.MakeKey => AuditEvents.AuthorityKeyMade,
            AuthorityCommand.IssueRequest => AuditEvents.AuthorityRequestIssued,
            AuthorityCommand.Upload => AuditEvents.AuthorityChainUploaded,
            AuthorityCommand.Verify => AuditEvents.AuthorityVerified,
            AuthorityCommand.Reject => AuditEvents.AuthorityRejected,
            AuthorityCommand.Approve => AuditEvents.AuthorityApproved,
            AuthorityCommand.Stage => AuditEvents.AuthorityStaged,
            AuthorityCommand.Activate => AuditEvents.AuthorityActivated,
            AuthorityCommand.StandBy => AuditEvents.AuthorityStoodBy,
            AuthorityCommand.Reinstate => AuditEvents.AuthorityReinstated,
            AuthorityCommand.Suspend => AuditEvents.AuthoritySuspended,
            AuthorityCommand.Resume => AuditEvents.AuthorityResumed,
            AuthorityCommand.Retire => AuditEvents.AuthorityRetired,
            AuthorityCommand.Withdraw => AuditEvents.AuthorityWithdrawn,
            AuthorityCommand.Taint => AuditEvents.AuthorityTainted,
            AuthorityCommand.Expire => AuditEvents.AuthorityExpired,
            AuthorityCommand.Delete => AuditEvents.AuthorityDeleted,
            AuthorityCommand.Restore => AuditEvents.AuthorityRestored,
            _ => throw new ArgumentOutOfRangeException(nameof(command)),
        };
}
