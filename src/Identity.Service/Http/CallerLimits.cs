using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// Limits per authenticated caller for costly operations: one caller must not slow down all exchanges, or use this service
/// to flood name servers.
/// </summary>
internal sealed class CallerLimits(Current<LimitOptions> limits, TimeProvider time, LimitShares shares)
{
    private readonly KeyedRateLimiter<(string Actor, CostlyWork Work)> buckets = new(
        () => limits.Value.CostlyPerCaller,
        time,
        shares: shares,
        name: "costly_per_caller"
    );

    /// <summary>Null = allowed; otherwise the refusal with its retry time.</summary>
    public Refusal? TryTake(Caller caller, CostlyWork work) =>
        buckets.TryTake((caller.ActorId, work)) is { } wait
            ? RequestErrors.RateLimited.Refuse() with
            {
                RetryAfter = wait,
            }
            : null;
}
