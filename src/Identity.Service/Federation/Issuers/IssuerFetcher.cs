using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Fetches through the one fetcher that vets addresses (S27), with the issuer's own allowance and roots.</summary>
internal sealed class IssuerFetcher : IIssuerFetcher
{
    private const string Area = "issuer";

    private readonly SafeFetcher fetcher;

    public IssuerFetcher(FederationOptions options, OutboundOptions outbound, TimeProvider time, IHostResolver resolver)
    {
        var fetch = options.Fetch;
        fetcher = new SafeFetcher(
            new SafeFetcherOptions
            {
                Timeout = fetch.Timeout,
                MaxBytes = (int)fetch.MaxBytes,
                PrivateNetworks = outbound.PrivateNetworks,
                Network = outbound.Network,
            },
            time,
            resolver
        );
    }

    public async Task<FetchedDocument> GetAsync(IssuerFetch fetch, CancellationToken cancellationToken)
    {
        var roots = ReadRoots(fetch.Issuer.KeySource.CaCertificatePem);
        try
        {
            var result = await fetcher.FetchAsync(ToRequest(fetch, roots), cancellationToken);
            if (!result.IsSuccess)
            {
                return FetchedDocument.Failed(result.Code(Area), $"{result.Field}: {result.Detail}");
            }

            return result.IsNotModified
                ? FetchedDocument.Unchanged(result.EntityTag ?? fetch.EntityTag, result.MaxAge)
                : FetchedDocument.Of(result.Body, result.EntityTag, result.MaxAge);
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
        fetcher.CheckAsync(ToRequest(fetch, roots: null), cancellationToken);

    private static FetchRequest ToRequest(IssuerFetch fetch, X509Certificate2Collection? roots) =>
        new()
        {
            Url = fetch.Url.AbsoluteUri,
            Field = fetch.Field,
            AllowedTargets = [.. fetch.Issuer.AllowedTargets.Select(t => new FetchTarget(t.Network, t.Port))],
            PinnedRoots = roots,
            IfNoneMatch = fetch.EntityTag,
            Observation = fetch.Observation,
        };

    private static X509Certificate2Collection? ReadRoots(string? pem)
    {
        if (pem is null)
        {
            return null;
        }

        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(pem);
        return roots;
    }
}
