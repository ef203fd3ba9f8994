using Culvert.Identity.Service.Hosting;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Refuses an issuer whose URL leads to an address that would be refused at every fetch, at the moment when its author
/// can still correct it. What counts is the check at each fetch; this one is a courtesy.
/// </summary>
internal sealed class IssuerAddresses(IIssuerFetcher fetcher)
{
    /// <summary>Null = the first fetch may go ahead, as far as can be told now.</summary>
    public async Task<Refusal?> CheckAsync(Issuer issuer, CancellationToken cancellationToken) =>
        KeySetFetch.FirstFetch(issuer) is { } first
        && await fetcher.CheckAsync(first, cancellationToken) is { Refusal: { } refusal } refused
            ? IssuerErrors.Of(refusal).Refuse($"{refused.Field}: {refused.Detail}")
            : null;
}
