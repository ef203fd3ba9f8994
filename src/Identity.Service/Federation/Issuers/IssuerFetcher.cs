using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Service.Hosting;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Fetches through the one fetcher that vets addresses (S27), with the issuer's own allowance and roots.</summary>
internal sealed class IssuerFetcher : IIssuerFetcher
{
    private readonly SafeFetcher fetcher;

    public IssuerFetcher(ServiceOptions options, TimeProvider time)
    {
        var fetch = options.Federation.Fetch;
        fetcher = new SafeFetcher(
            new SafeFetcherOptions
            {
                Timeout = fetch.Timeout,
                MaxBytes = (int)fetch.MaxBytes,
                PrivateNetworks = RangesOf(options),
            },
            time
        );
    }

    public async Task<FetchedDocument> GetAsync(Uri url, IssuerFetchPolicy policy, CancellationToken cancellationToken)
    {
        var roots = RootsOf(policy.CaCertificatePem);
        try
        {
            var result = await fetcher.FetchAsync(
                new FetchRequest
                {
                    Url = url.AbsoluteUri,
                    Field = "issuer_url",
                    AllowedTargets = [.. policy.AllowedTargets.Select(t => new FetchTarget(t.Network, t.Port))],
                    PinnedRoots = roots,
                },
                cancellationToken
            );
            return result.IsSuccess
                ? FetchedDocument.Of(result.Body)
                : FetchedDocument.Failed($"{result.Refusal}: {result.Detail}");
        }
        finally
        {
            foreach (var root in roots ?? [])
            {
                root.Dispose();
            }
        }
    }

    private static AddressRanges RangesOf(ServiceOptions options) =>
        AddressRanges.TryParse(options.PrivateIssuerNetworks.Select(n => n.ToString()), out var ranges, out var bad)
            ? ranges
            : throw new InvalidOperationException($"private_issuer_networks holds {bad}, which is no network.");

    private static X509Certificate2Collection? RootsOf(string? pem)
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
