using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Fetches an issuer's documents. A boundary: network.</summary>
internal interface IIssuerFetcher
{
    /// <summary>The body of a 200, limited in size and time, without redirects; or the reason for a failure.</summary>
    Task<FetchedDocument> GetAsync(IssuerFetch fetch, CancellationToken cancellationToken);

    /// <summary>
    /// Checks the current addresses of a URL's name when the URL is saved: the refusal, or null if it may be fetched or
    /// has no address now.
    /// </summary>
    Task<FetchResult?> CheckAsync(IssuerFetch fetch, CancellationToken cancellationToken);
}
