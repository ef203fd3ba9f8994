using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Fetches with the shared address-checking fetcher (S27), with the issuer's allowed targets and roots.</summary>
internal sealed class IssuerFetcher(
    Current<FederationOptions> options,
    Current<OutboundOptions> outbound,
    TimeProvider time,
    IHostResolver resolver
) : IIssuerFetcher
{
    private const string Area = "issuer";

    public async Task<FetchedDocument> GetAsync(IssuerFetch fetch, CancellationToken cancellationToken)
    {
        var roots = PinnedRoots.Read(fetch.Issuer.KeySource.CaCertificatePem);
        try
        {
            var result = await CreateFetcher(fetch).FetchAsync(ToRequest(fetch, roots), cancellationToken);
            if (!result.IsSuccess)
            {
                return FetchedDocument.Failed(result.Code(Area), $"{result.Field}: {result.Detail}") with
                {
                    RetryAfter = result.RetryAfter,
                    IsTooLarge = result.Refusal == FetchRefusal.TooLarge,
                };
            }

            return result.IsNotModified
                ? FetchedDocument.Unchanged(result.EntityTag ?? fetch.EntityTag, result.MaxAge)
                : FetchedDocument.From(result.Body, result.EntityTag, result.MaxAge);
        }
        finally
        {
            foreach (var root in roots ?? [])
            {
                root.Dispose();
            }
        }
    }

    public Task<FetchResult?> CheckAsync(IssuerFetch fetch, CancellationToken cancellationToken) =>
        CreateFetcher(fetch).CheckAsync(ToRequest(fetch, roots: null), cancellationToken);

    // The fetcher has no state, so each fetch uses the options in force.
    private SafeFetcher CreateFetcher(IssuerFetch fetch)
    {
        var limits = options.Value.Fetch;
        var reach = outbound.Value;
        return new SafeFetcher(
            new SafeFetcherOptions
            {
                Timeout = limits.Timeout,
                MaxBytes = fetch.MaxBytes ?? (int)limits.MaxBytes,
                PrivateNetworks = reach.PrivateNetworks,
                Network = reach.Network,
            },
            time,
            resolver
        );
    }

    private static FetchRequest ToRequest(IssuerFetch fetch, X509Certificate2Collection? roots) =>
        new()
        {
            Url = fetch.Url.AbsoluteUri,
            Field = fetch.Field,
            AllowedTargets = [.. fetch.Issuer.AllowedTargets.Select(t => new FetchTarget(t.Network, t.Port))],
            PinnedRoots = roots,
            IfNoneMatch = fetch.EntityTag,
            Observation = fetch.Observation,
            Post = fetch.Post,
        };
}
