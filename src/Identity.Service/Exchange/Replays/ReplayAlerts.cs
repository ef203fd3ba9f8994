using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;

namespace Culvert.Identity.Service.Exchange.Replays;

/// <summary>
/// Reports that two parties hold an assertion: by log, metric and a chained event. At most one report per family and
/// minute, so that an attacker who repeats a stolen token cannot fill the audit.
/// </summary>
internal sealed class ReplayAlerts(IJournal journal, TimeProvider time, ILogger<ReplayAlerts> logger)
{
    private readonly KeyedRateLimiter<string> perFamily = new(new RateLimit(1, TimeSpan.FromMinutes(1)), time);

    public async ValueTask<Refusal?> RaiseAsync(
        AssertionContext context,
        ReplayTag first,
        ReplayTag again,
        CancellationToken cancellationToken
    )
    {
        var issuer = context.Rule.Issuer;
        var mode = WireNames.Get(issuer.ReplayMode);
        ServiceMeters.ReplaysDetected.Add(1, new KeyValuePair<string, object?>("mode", mode));
        if (perFamily.TryTake(first.Family) is not null)
        {
            return null;
        }

        Log.ReplayDetected(
            logger,
            issuer.Id.Value,
            context.Rule.Rule.Id.Value,
            first.Family,
            context.Request.RequestId
        );
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new ReplayDetected(
                    new AuditOrigin(
                        context.Now,
                        new AuditCause(FederatedAuthentication.ToActor(context), context.Request.RequestId)
                    ),
                    context.Rule.Rule.OrganizationId,
                    context.Rule.Rule.Id.Value,
                    issuer.Id.Value,
                    mode,
                    FederatedAuthentication.GetAssertionId(context),
                    first,
                    again
                ),
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted();
    }
}
