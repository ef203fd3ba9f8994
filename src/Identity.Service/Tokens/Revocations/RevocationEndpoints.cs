using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary><c>/v1/oauth/revocations</c>: revocations by administrators.</summary>
internal sealed class RevocationEndpoints(
    RevocationTargetReader targets,
    TokenRevoker revoker,
    TokenRevocationStore store,
    TimeProvider time
)
{
    private const string List = "token_revocations";

    public async ValueTask<ApiAnswer> CreateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(TokensJson.Default.CreateRevocationRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
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
        var targetResult = await targets.ReadAsync(caller.OrganizationId, body, cancellationToken);
        if (!targetResult.TryGet(out var target, out refusal))
        {
            return refusal;
        }

        var revocationResult = await revoker.RevokeAsync(
            AuditActor.From(request),
            request.RequestId,
            caller.OrganizationId,
            target,
            body.IssuedBefore,
            body.Reason ?? "",
            reachesMachines: true,
            cancellationToken
        );
        return !revocationResult.IsOk ? revocationResult.Refusal : Answer(revocationResult.Value);
    }

    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!PageRequest.Read(request, List).TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var found = await store.ListAsync(request.Caller.OrganizationId, page, time.GetUtcNow(), cancellationToken);
        return ApiAnswer.Json(
            page.Cut(found, row => row.Ordinal).Select(row => RevocationDocument.From(row.Value)),
            TokensJson.Default.PageRevocationDocument
        );
    }

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) =>
        await store.FindAsync(request.Caller.OrganizationId, request.Route("id"), cancellationToken) is { } found
            ? Answer(found)
            : RequestErrors.NotFound.Refuse();

    private static ApiAnswer Answer(TokenRevocation revocation) =>
        ApiAnswer.Json(RevocationDocument.From(revocation), TokensJson.Default.RevocationDocument);
}
