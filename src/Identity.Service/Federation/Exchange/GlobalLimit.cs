using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation.Exchange;

/// <summary>
/// One token bucket for all callers of the token endpoint together (S31): many addresses must not be able to do what
/// one may not.
/// </summary>
internal sealed class GlobalLimit(ServiceOptions options, TimeProvider time)
{
    private readonly RateLimit limit = options.Limits.ExchangeTotal;
    private readonly Lock gate = new();
    private double tokens = options.Limits.ExchangeTotal.Count;
    private long touched = time.GetTimestamp();

    /// <summary>Takes one; null = go on.</summary>
    public Refusal? TryTake()
    {
        var perSecond = limit.Count / limit.Per.TotalSeconds;
        double missing;
        lock (gate)
        {
            var now = time.GetTimestamp();
            tokens = Math.Min(limit.Count, tokens + (time.GetElapsedTime(touched, now).TotalSeconds * perSecond));
            touched = now;
            if (tokens >= 1)
            {
                tokens--;
                return null;
            }

            missing = 1 - tokens;
        }

        return ExchangeErrors.Busy.Refuse() with
        {
            RetryAfter = TimeSpan.FromSeconds(missing / perSecond),
        };
    }
}
