using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Refuses an issuer whose URL resolves to an address that every fetch would refuse, while its author can still correct
/// it. A courtesy: the check at each fetch is the one that protects.
/// </summary>
internal sealed class IssuerAddresses(IIssuerFetcher fetcher, CallerLimits limits)
{
    public Task<Refusal?> CheckAsync(Issuer issuer, Caller caller, CancellationToken cancellationToken) =>
        KeySetFetch.FirstFetch(issuer) is { } first
            ? CheckAsync(first, caller, cancellationToken)
            : Task.FromResult<Refusal?>(null);

    /// <summary>As the other overload, for another document of the issuer.</summary>
    public async Task<Refusal?> CheckAsync(IssuerFetch first, Caller caller, CancellationToken cancellationToken)
    {
        // The answer reveals what a name resolves to in the service's network: the limit prevents scans of whole zones.
        if (limits.TryTake(caller, CostlyWork.NameLookup) is { } limited)
        {
            return limited;
        }

        return await fetcher.CheckAsync(first, cancellationToken) is { Refusal: { } refusal } refused
            ? IssuerErrors.ToErrorCode(refusal).Refuse($"{refused.Field}: {refused.Detail}")
            : null;
    }
}
