using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary><c>/v1/oauth/revocations</c>: what administrators revoke.</summary>
internal sealed class RevocationEndpoints(
    RevocationTargetReader targets,
    TokenRevoker revoker,
    ITokenRevocationStore store,
    TimeProvider time
)
{
    public const string Path = "/v1/oauth/revocations";

    private const string List = "token_revocations";

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (body, malformed) = await request.ReadJsonAsync(
            TokensJson.Default.CreateRevocationRequest,
            cancellationToken
        );
        if (body is null)
        {
            return malformed!;
        }

        if (ReasonRequest.CheckOptional(body.Reason) is { } tooLong)
        {
            return tooLong;
        }

        if (body.IssuedBefore > time.GetUtcNow())
        {
            return RequestErrors.Invalid.Refuse(
                "issued_before: a time in the future would revoke tokens not yet issued; disable the rule instead."
            );
        }

        var caller = request.Caller;
        var (target, refusal) = await targets.ReadAsync(caller.OrganizationId, body, cancellationToken);
        if (target is null)
        {
            return refusal!;
        }

        var (revocation, refused) = await revoker.RevokeAsync(
            AuditActor.Of(request),
            request.RequestId,
            caller.OrganizationId,
            target,
            body.IssuedBefore,
            body.Reason ?? "",
            reachesMachines: true,
            cancellationToken
        );
        return revocation is null ? refused! : Answer(revocation);
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (page, refusal) = PageRequest.Read(request, List);
        if (page is null)
        {
            return refusal!;
        }

        var found = await store.ListAsync(request.Caller.OrganizationId, page, time.GetUtcNow(), cancellationToken);
        var (rows, next) = page.Cut(found, row => row.Ordinal);
        return ApiAnswer.Json(
            new RevocationListDocument
            {
                Data = [.. rows.Select(row => RevocationDocument.Of(row.Value))],
                NextPage = next,
            },
            TokensJson.Default.RevocationListDocument
        );
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await store.FindAsync(request.Caller.OrganizationId, request.Route("id"), cancellationToken) is { } found
            ? Answer(found)
            : RequestErrors.NotFound.Refuse();

    private static ApiAnswer Answer(TokenRevocation revocation) =>
        ApiAnswer.Json(RevocationDocument.Of(revocation), TokensJson.Default.RevocationDocument);
}
