using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Limits;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// Limits per authenticated caller for costly operations: one caller must not slow down all exchanges, or use this service
/// to flood name servers.
/// </summary>
internal sealed class CallerLimits(SharedLimits limits)
{
    private readonly KeyedRateLimiter<(string Actor, CostlyWork Work)> buckets = limits.Create<(string, CostlyWork)>(
        "costly_per_caller",
        options => options.CostlyPerCaller
    );

    /// <summary>Null = allowed; otherwise the refusal with its retry time.</summary>
    public Refusal? TryTake(Caller caller, CostlyWork work) =>
        buckets.TryTake((caller.ActorId, work), RequestErrors.RateLimited);
}
