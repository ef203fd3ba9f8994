using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Exchange;

/// <summary>One token bucket for all callers of the token endpoint together (S31), against many addresses.</summary>
internal sealed class GlobalLimit(Current<LimitOptions> limits, TimeProvider time, LimitShares shares)
{
    private readonly KeyedRateLimiter<int> total = new(
        () => limits.Value.ExchangeTotal,
        time,
        shares: shares,
        name: "exchange_total"
    );

    public Refusal? TryTake() =>
        total.TryTake(0) is { } wait ? ExchangeErrors.Busy.Refuse() with { RetryAfter = wait } : null;
}
