using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// Limits how often one proven identity, and all identities of one issuer, may exchange (S31, A20). A caller that can
/// sign or fetch any number of tokens fills neither the replay set nor the audit: the rate and the longest lifetime of
/// an assertion bound both.
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

    public Refusal? TryTake(string issuerId, string subjectHash)
    {
        var wait = perSubject.TryTake((issuerId, subjectHash)) ?? perIssuer.TryTake(issuerId);
        return wait is { } missing ? ExchangeErrors.Quota.Refuse() with { RetryAfter = missing } : null;
    }
}
