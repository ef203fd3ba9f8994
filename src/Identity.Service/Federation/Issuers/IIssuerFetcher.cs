using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Fetches an issuer's documents. A boundary: network.</summary>
internal interface IIssuerFetcher
{
    /// <summary>The body of a 200, bounded in size and time, no redirect followed; or why there is none.</summary>
    Task<FetchedDocument> GetAsync(IssuerFetch fetch, CancellationToken cancellationToken);

    /// <summary>
    /// Where a URL's name leads at present, for the moment it is written down: the refusal, or null when it may be
    /// fetched or has no address now.
    /// </summary>
    Task<FetchResult?> CheckAsync(IssuerFetch fetch, CancellationToken cancellationToken);
}
