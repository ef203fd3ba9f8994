using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Limits;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// Limits all exchanges together, against many addresses, and how often one proven identity, and all identities of one
/// issuer, may exchange (S31, A20). A caller that can sign or fetch any number of tokens fills neither the replay set
/// nor the audit: the rate and the longest lifetime of an assertion bound both.
/// </summary>
internal sealed class ExchangeLimits(SharedLimits limits)
{
    // One bucket: the key is always the same.
    private readonly KeyedRateLimiter<int> total = limits.Create<int>("exchange_total", o => o.ExchangeTotal);

    private readonly KeyedRateLimiter<(string Issuer, string SubjectHash)> perSubject = limits.Create<(string, string)>(
        "exchange_per_subject",
        o => o.ExchangePerSubject
    );

    private readonly KeyedRateLimiter<string> perIssuer = limits.Create<string>(
        "exchange_per_issuer",
        o => o.ExchangePerIssuer
    );

    public Refusal? TryTake() => total.TryTake(0, ExchangeErrors.Busy);

    public Refusal? TryTake(string issuerId, string subjectHash) =>
        perSubject.TryTake((issuerId, subjectHash), ExchangeErrors.Quota)
        ?? perIssuer.TryTake(issuerId, ExchangeErrors.Quota);
}
