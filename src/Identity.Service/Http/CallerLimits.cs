using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Http;

/// <summary>
/// Limits per authenticated caller, of what costs more than a request: one caller's scripts must not slow down all
/// other exchanges, nor make this service a tool against name servers.
/// </summary>
internal sealed class CallerLimits(Current<LimitOptions> limits, TimeProvider time, LimitShares shares)
{
    private readonly KeyedRateLimiter<(string Actor, CostlyWork Work)> buckets = new(
        () => limits.Value.CostlyPerCaller,
        time,
        shares: shares,
        name: "costly_per_caller"
    );

    /// <summary>Takes one; null = allowed, else the refusal with its waiting time.</summary>
    public Refusal? TryTake(Caller caller, CostlyWork work) =>
        buckets.TryTake((caller.ActorId, work)) is { } wait
            ? RequestErrors.RateLimited.Refuse() with
            {
                RetryAfter = wait,
            }
            : null;
}
