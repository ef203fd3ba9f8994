using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// How often one proven identity, and one issuer in all, may exchange (S31, A20). A caller that can sign or fetch
/// tokens at will fills neither the replay set nor the audit: with the longest life of an assertion, the rate bounds
/// both.
/// </summary>
internal sealed class IdentityQuotas(Current<LimitOptions> limits, TimeProvider time, LimitShares shares)
{
    private readonly KeyedRateLimiter<(string Issuer, string SubjectHash)> perSubject = new(
        () => limits.Value.ExchangePerSubject,
        time,
        shares: shares,
        name: "exchange_per_subject"
    );
    private readonly KeyedRateLimiter<string> perIssuer = new(
        () => limits.Value.ExchangePerIssuer,
        time,
        shares: shares,
        name: "exchange_per_issuer"
    );

    /// <summary>Takes one of each; null = allowed.</summary>
    public Refusal? TryTake(string issuerId, string subjectHash)
    {
        var wait = perSubject.TryTake((issuerId, subjectHash)) ?? perIssuer.TryTake(issuerId);
        return wait is { } missing ? ExchangeErrors.Quota.Refuse() with { RetryAfter = missing } : null;
    }
}
