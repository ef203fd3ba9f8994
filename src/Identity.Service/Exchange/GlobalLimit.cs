using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// One token bucket for all callers of the token endpoint together (S31): many addresses must not be able to do what
/// one may not.
/// </summary>
internal sealed class GlobalLimit(Current<LimitOptions> limits, TimeProvider time, LimitShares shares)
{
    // One bucket: the key is always the same.
    private readonly KeyedRateLimiter<int> total = new(
        () => limits.Value.ExchangeTotal,
        time,
        shares: shares,
        name: "exchange_total"
    );

    /// <summary>Takes one; null = allowed.</summary>
    public Refusal? TryTake() =>
        total.TryTake(0) is { } wait ? ExchangeErrors.Busy.Refuse() with { RetryAfter = wait } : null;
}
