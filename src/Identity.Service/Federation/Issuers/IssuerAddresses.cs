using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Refuses an issuer whose URL leads to an address that would be refused at every fetch, at the moment when its author
/// can still correct it. What counts is the check at each fetch; this one is a courtesy.
/// </summary>
internal sealed class IssuerAddresses(IIssuerFetcher fetcher, CallerLimits limits)
{
    /// <summary>Null = the first fetch may go ahead, as far as is known now.</summary>
    public async Task<Refusal?> CheckAsync(Issuer issuer, Caller caller, CancellationToken cancellationToken)
    {
        if (KeySetFetch.FirstFetch(issuer) is not { } first)
        {
            return null;
        }

        // The answer discloses what a name resolves to in the service's network: the limit prevents scans of whole
        // zones.
        if (limits.TryTake(caller, CostlyWork.NameLookup) is { } limited)
        {
            return limited;
        }

        return await fetcher.CheckAsync(first, cancellationToken) is { Refusal: { } refusal } refused
            ? IssuerErrors.Of(refusal).Refuse($"{refused.Field}: {refused.Detail}")
            : null;
    }
}
