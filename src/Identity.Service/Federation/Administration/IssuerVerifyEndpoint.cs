using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation.Administration;

/// <summary>
/// <c>/v1/organizations/federation_issuers/{id}/verify</c>, and <c>/verify</c> with the body of a creation. The caller
/// chooses what is dialled, so each run is audited and rate-limited.
/// </summary>
internal sealed class IssuerVerifyEndpoint(
    IssuerStore store,
    IssuerValidator validator,
    IssuerVerifier verifier,
    IJournal journal,
    TimeProvider time,
    LimitShares shares
)
{
    private readonly KeyedRateLimiter<string> limiter = new(
        new RateLimit(30, TimeSpan.FromMinutes(1)),
        time,
        shares: shares,
        name: "issuer_verify"
    );

    public async ValueTask<ApiAnswer> VerifyAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var id = request.Route("id");
        if (await store.FindAsync(request.Caller.OrganizationId, id, cancellationToken) is not { } issuer)
        {
            return RequestErrors.NotFound.Refuse();
        }

        // The installation's limits may have narrowed since. An archived issuer is never fetched.
        return issuer.IsArchived
            ? FederationErrors.Archived.Refuse()
            : await RunAsync(request, issuer, id, cancellationToken);
    }

    public async ValueTask<ApiAnswer> VerifyDraftAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonAsync(FederationJson.Default.CreateIssuerRequest, cancellationToken);
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        var stamps = ChangeStamps.Created(time.GetStoreNow(), request.Caller.ActorId);
        var issuerResult = IssuerReader.Create(body, request.Caller.OrganizationId, stamps);
        return !issuerResult.IsOk ? issuerResult.Refusal
            : validator.Check(issuerResult.Value) is { } invalid ? invalid
            : await RunAsync(request, issuerResult.Value, id: null, cancellationToken);
    }

    private async ValueTask<ApiAnswer> RunAsync(
        ApiRequest request,
        Issuer issuer,
        string? id,
        CancellationToken cancellationToken
    )
    {
        if (limiter.TryTake(request.Caller.OrganizationId) is { } wait)
        {
            return RequestErrors.RateLimited.Refuse() with { RetryAfter = wait };
        }

        var result = await verifier.RunAsync(issuer, id, cancellationToken);
        var verified = IssuerEvents.Verified(AuditOrigin.From(request, time.GetUtcNow()), issuer, result);
        var committed = await journal.CommitAsync(new Decision { Event = verified }, cancellationToken);
        return committed.RefusalUnlessCommitted() is { } unavailable
            ? unavailable
            : ApiAnswer.Json(result, FederationJson.Default.VerificationDocument);
    }
}
