using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.Authorization;

/// <summary>Ends grants: one decision revokes the family of tokens and deletes the grant.</summary>
internal sealed class GrantEnder(TokenRevoker revoker, INoticeOutbox outbox, IJournal journal, TimeProvider time)
{
    private const string CodeReused = "code_reused";
    private const string RefreshReused = "refresh_reused";
    private const string ByHolder = "by_holder";

    public ValueTask<Refusal> EndReusedCodeAsync(
        ApiRequest request,
        RefreshGrant grant,
        CancellationToken cancellationToken
    ) =>
        EndAsync(
            request,
            grant,
            CodeReused,
            origin => AuthorizationEvents.GrantRevoked(origin, grant, CodeReused),
            cancellationToken
        );

    public ValueTask<Refusal> EndReusedRefreshAsync(
        ApiRequest request,
        RefreshGrant grant,
        CancellationToken cancellationToken
    ) =>
        EndAsync(
            request,
            grant,
            RefreshReused,
            origin => AuthorizationEvents.RefreshReused(origin, grant),
            cancellationToken
        );

    /// <summary>Null if it ended.</summary>
    public async ValueTask<Refusal?> RevokeAsync(
        ApiRequest request,
        RefreshGrant grant,
        CancellationToken cancellationToken
    )
    {
        var refusal = await EndAsync(
            request,
            grant,
            ByHolder,
            origin => AuthorizationEvents.GrantRevoked(origin, grant, ByHolder),
            cancellationToken
        );
        return refusal.Code == AuthorizationErrors.InvalidGrant ? null : refusal;
    }

    private async ValueTask<Refusal> EndAsync(
        ApiRequest request,
        RefreshGrant grant,
        string reason,
        Func<AuditOrigin, AuditEvent> describe,
        CancellationToken cancellationToken
    )
    {
        var cause = AuthorizationEvents.Cause(request, grant.Person);
        var now = time.GetStoreNow();
        var prepared = await revoker.PrepareAsync(
            cause.Actor,
            grant.OrganizationId,
            new RevocationTarget(RevocationKind.Family, grant.Family),
            issuedBefore: null,
            "the grant of a person ended",
            now,
            cancellationToken
        );
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = describe(new AuditOrigin(now, cause)),
                Statements =
                [
                    .. prepared.Statements,
                    .. await outbox.EnqueueAsync(ToNotice(prepared.Revocation, grant, reason, now), cancellationToken),
                ],
                Changes = ChangeTopics.Revocations | ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } unavailable)
        {
            return unavailable;
        }

        revoker.Apply(prepared.Revocation);
        outbox.Wake();
        return AuthorizationErrors.InvalidGrant.Refuse();
    }

    // Not a session-revoked of the person: receivers would end all their sessions because one program signed out.
    private static SecurityNotice ToNotice(
        TokenRevocation revocation,
        RefreshGrant grant,
        string reason,
        DateTimeOffset now
    )
    {
        var notice = TokenRevoker.ToNotice(revocation, now);
        return notice with
        {
            Payload =
            [
                .. notice.Payload,
                ("reason", reason),
                ("client_id", AuditActor.Bounded(grant.ClientId)),
                ("user", SecurityNotice.IssuerSubject(grant.Person.IssuerUrl, grant.Person.Subject)),
            ],
        };
    }
}
