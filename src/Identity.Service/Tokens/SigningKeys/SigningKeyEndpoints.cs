using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens.Revocations;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary><c>/v1/oauth/signing_keys</c>: for the operator of the installation, which owns the keys.</summary>
internal sealed class SigningKeyEndpoints(
    SigningKeyRing ring,
    AssertionKeys assertions,
    TokenRevocationStore revocations,
    TimeProvider time
)
{
    public ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken) => new(Answer());

    public async ValueTask<ApiAnswer> RotateAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var bodyResult = await request.ReadJsonOrEmptyAsync(
            TokensJson.Default.RotateSigningKeyRequest,
            RotateSigningKeyRequest.None,
            cancellationToken
        );
        if (!bodyResult.TryGet(out var body, out var refusal))
        {
            return refusal;
        }

        if (ReasonRequest.CheckOptional(body.Reason) is { } tooLong)
        {
            return tooLong;
        }

        var actor = AuditActor.From(request);
        var rotated = body.CompromisedKeyId is { } compromised
            ? assertions.Ring.Current.Keys.Any(key => key.KeyId == compromised)
                // No enrolment rests on an assertion.
                ? await assertions.Ring.DropAsync(
                    compromised,
                    [],
                    actor,
                    request.RequestId,
                    body.Reason ?? "",
                    cancellationToken
                )
                : await ring.DropAsync(
                    compromised,
                    revocations.EndEnrollmentsOfKey(compromised, time.GetUtcNow()),
                    actor,
                    request.RequestId,
                    body.Reason ?? "",
                    cancellationToken
                )
            : await ring.RotateEarlyAsync(actor, request.RequestId, body.Reason ?? "", cancellationToken);
        return rotated.IsOk ? Answer() : rotated.Refusal;
    }

    private ApiAnswer Answer()
    {
        var now = time.GetUtcNow();
        return ApiAnswer.Json(
            Pages.Whole<SigningKeyDocument>([
                .. SigningKeyDocument.From(ring.Current, now),
                .. SigningKeyDocument.From(assertions.Ring.Current, now),
            ]),
            TokensJson.Default.PageSigningKeyDocument
        );
    }
}
