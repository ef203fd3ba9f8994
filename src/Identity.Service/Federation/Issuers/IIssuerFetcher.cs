namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Fetches an issuer's documents. A boundary: network.</summary>
internal interface IIssuerFetcher
{
    /// <summary>The body of a 200, bounded in size and time, no redirect followed; or why there is none.</summary>
    Task<FetchedDocument> GetAsync(Uri url, IssuerFetchPolicy policy, CancellationToken cancellationToken);
}
