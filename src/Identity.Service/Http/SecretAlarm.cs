using Culvert.Ca.Refusals;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// Handles a private key in a request. The key is not stored; operators are notified that it was transmitted and must be
/// replaced.
/// </summary>
internal sealed class SecretAlarm(IJournal journal, TimeProvider time, ILogger<SecretAlarm> logger)
{
    public static bool Concerns(Refusal refusal) => refusal.Code.Code == CaErrorCodes.CaSecretInInput.Code;

    /// <summary>
    /// Always logs; also audits if the caller is authenticated (S31: input that anyone can send is not a chain entry). The
    /// path is a route template, so it contains nothing of the body.
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

        // The request is refused in any case, even if the store is unavailable.
        await journal.CommitAsync(
            new Decision
            {
                Event = new SecretDiscarded(
                    new AuditOrigin(time.GetUtcNow(), new AuditCause(actor, request.RequestId)),
                    request.OrganizationId,
                    method,
                    path
                )
                {
                    Status = AuditStatus.Denied(CaErrorCodes.CaSecretInInput.Code),
                },
            },
            cancellationToken
        );
    }
}

/// <summary>A caller sent a private key where none is allowed. The key itself is not stored.</summary>
internal sealed record SecretDiscarded(AuditOrigin Origin, string? OrganizationId, string Method, string Path)
    : AuditEvent(AuditEvents.SecretDiscarded, Origin, OrganizationId, [], [("method", Method), ("path", Path)]);
