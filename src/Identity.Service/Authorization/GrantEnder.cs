using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.Authorization;

/// <summary>Ends grants: first the family of tokens is revoked, then the grant is deleted.</summary>
internal sealed class GrantEnder(RefreshGrantStore grants, TokenRevoker revoker, IJournal journal, TimeProvider time)
{
    private const string CodeReused = "code_reused";
    private const string ByHolder = "by_holder";

    public ValueTask<Refusal> EndReusedCodeAsync(
        ApiRequest request,
        RefreshGrant grant,
        CancellationToken cancellationToken
    ) =>
        EndAsync(
            request,
            grant,
            origin => AuthorizationEvents.GrantRevoked(origin, grant, CodeReused),
            cancellationToken
        );

    public ValueTask<Refusal> EndReusedRefreshAsync(
        ApiRequest request,
        RefreshGrant grant,
        CancellationToken cancellationToken
    ) => EndAsync(request, grant, origin => AuthorizationEvents.RefreshReused(origin, grant), cancellationToken);

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
            origin => AuthorizationEvents.GrantRevoked(origin, grant, ByHolder),
            cancellationToken
        );
        return refusal.Code == AuthorizationErrors.InvalidGrant ? null : refusal;
    }

    private async ValueTask<Refusal> EndAsync(
        ApiRequest request,
        RefreshGrant grant,
        Func<AuditOrigin, AuditEvent> describe,
        CancellationToken cancellationToken
    )
    {
        var cause = AuthorizationEvents.Cause(request, grant.Person);
        var revoked = await revoker.RevokeAsync(
            cause.Actor,
            request.RequestId,
            grant.OrganizationId,
            new RevocationTarget(RevocationKind.Family, grant.Family),
            issuedBefore: null,
            "the grant of a person ended",
            reachesMachines: true,
            cancellationToken
        );
        if (!revoked.IsOk)
        {
            return revoked.Refusal;
        }

        var result = await journal.CommitAsync(
            new Decision
            {
                Event = describe(new AuditOrigin(time.GetStoreNow(), cause)),
                Statements = [grants.End(grant.Id)],
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() ?? AuthorizationErrors.InvalidGrant.Refuse();
    }
}
