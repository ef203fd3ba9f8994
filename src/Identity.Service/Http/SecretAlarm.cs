using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// A private key arrived in a request. It is gone when the request is; the operators are notified that it was
/// transmitted, because it must be replaced.
/// </summary>
internal sealed class SecretAlarm(IJournal journal, TimeProvider time, ILogger<SecretAlarm> logger)
{
    public static bool Concerns(Refusal refusal) => refusal.Code.Code == CaErrorCodes.CaSecretInInput.Code;

    /// <summary>
    /// Logged always; recorded when an authenticated caller sent it (S31: input that anyone can send is not a chain
    /// entry). The path is our own route's, so nothing of the body can be in it.
    /// </summary>
    public async ValueTask RaiseAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (method, path) = (request.Http.Request.Method, request.Http.Request.Path.Value ?? "");
        ServiceMeters.SecretsDiscarded.Add(1);
        Log.SecretDiscarded(logger, method, path, request.RequestId);
        if (request.ProvenActor is not { } actor)
        {
            return;
        }

        // The request is refused in any case: a store that is away changes nothing about that.
        await journal.CommitAsync(
            new Decision
            {
                Event = new SecretDiscarded(method, path)
                {
                    At = time.GetUtcNow(),
                    Cause = new AuditCause(actor, request.RequestId),
                    OrganizationId = request.OrganizationId,
                    Status = AuditStatus.Denied(CaErrorCodes.CaSecretInInput.Code),
                },
            },
            cancellationToken
        );
    }
}
