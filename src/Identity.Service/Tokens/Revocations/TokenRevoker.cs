using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>
/// Commits revocations and puts them into effect: on this node before the answer, on the others within a second or two.
/// Repeating a revocation changes nothing.
/// </summary>
internal sealed class TokenRevoker(
    TokenRevocationStore store,
    RevocationSet set,
    IEnumerable<IRevocationEffect> effects,
    IJournal journal,
    INoticeOutbox outbox,
    AuditLog audit,
    ClockGuard clock,
    TimeProvider time
)
{
    /// <summary>The most single tokens of one organization: a holder may revoke each of its own.</summary>
    public const int MaxPerOrganization = 100_000;

    private static readonly TimeSpan DeleteEndedEvery = TimeSpan.FromHours(1);

    private readonly IRevocationEffect[] effects = [.. effects];
    private DateTimeOffset deletedEndedAt;

    /// <param name="issuedBefore">Null = now; not for kinds without a time.</param>
    /// <param name="reachesMachines">
    /// Whether machines may have enrolled with the tokens, or call agents with them, so that their feeds must be
    /// notified.
    /// </param>
    public async ValueTask<Result<TokenRevocation>> RevokeAsync(
        AuditActor actor,
        string requestId,
        string organizationId,
        RevocationTarget target,
        DateTimeOffset? issuedBefore,
        string reason,
        bool reachesMachines,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var prepared = await PrepareAsync(actor, organizationId, target, issuedBefore, reason, now, cancellationToken);
        if (prepared.Known is { } known)
        {
            return known;
        }

        // Only single tokens are limited: holders can create any number of them, and must not be able to prevent an
        // administrator's revocation that covers them all.
        if (
            target.Kind == RevocationKind.Token
            && prepared.IsNew
            && set.Count >= MaxPerOrganization
            && set.CountKeys(organizationId) >= MaxPerOrganization
        )
        {
            return RevocationErrors.Limit.Refuse();
        }

        var revocation = prepared.Revocation;
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new TokenRevoked(
                    new AuditOrigin(now, new AuditCause(actor, requestId)),
                    organizationId,
                    revocation
                ),
                Statements =
                [
                    .. prepared.Statements,
                    .. await outbox.EnqueueAsync(ToNotice(revocation, now), cancellationToken),
                ],
                Changes = ChangeTopics.Revocations | (reachesMachines ? ChangeTopics.Feed : ChangeTopics.None),
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } unavailable)
        {
            return unavailable;
        }

        Apply(revocation);
        outbox.Wake();
        return revocation;
    }

    /// <summary>
    /// What revokes the target, for a decision that contains more than the revocation. The caller commits the statements
    /// with the topic <see cref="ChangeTopics.Revocations"/>, then calls <see cref="Apply"/>.
    /// </summary>
    /// <param name="issuedBefore">Null = now; not for kinds without a time.</param>
    public async ValueTask<PreparedRevocation> PrepareAsync(
        AuditActor actor,
        string organizationId,
        RevocationTarget target,
        DateTimeOffset? issuedBefore,
        string reason,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (kind, value) = target;
        // While the clock is behind, tokens from before the step have an issue time in the future, and stay valid after
        // the clock is right again.
        var latest = Instants.FromStore(clock.LatestNow().ToStore());
        var before = kind.KnowsTime()
            ? (issuedBefore ?? await UntilAsync(latest, cancellationToken)).ToUnixTimeSeconds()
            : TokenRevocation.Always;
        var stored = await store.FindAsync(organizationId, kind, value, cancellationToken);
        var revocation = new TokenRevocation
        {
            Id = stored?.Id ?? TokenRevocationId.New(),
            OrganizationId = organizationId,
            Kind = kind,
            Value = value,
            IssuedBefore = Math.Max(before, stored?.IssuedBefore ?? before),
            Reason = reason,
            CreatedAt = stored?.CreatedAt ?? now,
            CreatedBy = stored?.CreatedBy ?? actor.Id,
            EndsAt = GetExpiry(kind, latest),
        };
        return new PreparedRevocation(
            revocation,
            [.. store.Insert(revocation, now), .. effects.SelectMany(effect => effect.End(revocation)), .. Ended(now)]
        )
        {
            IsNew = stored is null,
            Known = stored is not null && stored.IssuedBefore >= before && stored.EndsAt > latest ? stored : null,
        };
    }

    /// <summary>Puts a committed revocation into effect on this node.</summary>
    public void Apply(TokenRevocation revocation) => set.Add(revocation);

    /// <summary>
    /// The moment that covers every token that any node has issued: a node whose clock is ahead, within the tolerance
    /// of <see cref="ClockGuard"/>, has issued tokens later than now.
    /// </summary>
    private async ValueTask<DateTimeOffset> UntilAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var decided = await audit.LatestAsync(cancellationToken);
        return decided > now && decided - now <= 2 * clock.Tolerance ? decided.Value : now;
    }

    /// <summary>The notice of a revocation, to be queued in the transaction that stores it.</summary>
    public static SecurityNotice ToNotice(TokenRevocation revocation, DateTimeOffset now)
    {
        var covered = revocation.Kind.KnowsTime() ? DateTimeOffset.FromUnixTimeSeconds(revocation.IssuedBefore) : now;
        return new SecurityNotice(
            SecurityNoticeType.TokenRevoked,
            revocation.OrganizationId,
            // The kind that covers the whole organization has no value.
            SecurityNotice.Opaque(revocation.Value.Length > 0 ? revocation.Value : revocation.OrganizationId),
            [("kind", revocation.Kind.Name())],
            now,
            covered
        );
    }

    // Tokens live a day at most. A family lives while its assertion may be exchanged again, and a day more.
    private static DateTimeOffset GetExpiry(RevocationKind kind, DateTimeOffset now) =>
        now + AccessTokenFactory.LongestLife + (kind == RevocationKind.Family ? ReplaySet.Horizon : TimeSpan.Zero);

    private IReadOnlyList<Statement> Ended(DateTimeOffset now)
    {
        // A clock that jumped forward would remove revocations whose tokens are still valid.
        if (now - deletedEndedAt < DeleteEndedEvery || clock.Check() is not null)
        {
            return [];
        }

        deletedEndedAt = now;
        return [store.DeleteEnded(now)];
    }
}
