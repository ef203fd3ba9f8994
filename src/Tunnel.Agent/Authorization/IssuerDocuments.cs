using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// Fetches through the one fetcher that vets addresses (S27). The operator's own file names the private ranges, so it
/// is both the issuer's allowance and the bound on it.
/// </summary>
internal sealed class IssuerDocuments(TimeProvider time, IHostResolver? resolver = null) : IIssuerDocuments
{
    public async Task<IssuerDocument> GetAsync(IssuerSettings issuer, Uri url, CancellationToken cancellationToken)
    {
        var options = new SafeFetcherOptions { PrivateNetworks = issuer.AllowedRanges };
        var fetched = await new SafeFetcher(options, time, resolver).FetchAsync(
            new FetchRequest
            {
                Url = url.AbsoluteUri,
                Field = "issuer",
                AllowedTargets = [.. issuer.AllowedRanges.Ranges.Select(r => new FetchTarget(r, url.Port))],
                PinnedRoots = issuer.Roots,
            },
            cancellationToken
        );
        return fetched.IsSuccess
            ? new IssuerDocument(fetched.Body, fetched.MaxAge)
            : new IssuerDocument(
                null,
                IsElsewhere: fetched.Refusal
                    is FetchRefusal.Status
                        or FetchRefusal.Redirect
                        or FetchRefusal.ContentType,
                Failure: fetched.Detail
            );
    }
}
