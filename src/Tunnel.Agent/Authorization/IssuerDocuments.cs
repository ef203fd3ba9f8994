using Culvert.Platform.Addresses;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Fetches through the fetcher that vets addresses (S27), with the operator's own private ranges.</summary>
internal sealed class IssuerDocuments(TimeProvider time, IHostResolver? resolver = null) : IIssuerDocuments
{
    public async Task<IssuerDocument> GetAsync(IssuerSettings issuer, Uri url, CancellationToken cancellationToken)
    {
        var options = new SafeFetcherOptions { PrivateNetworks = PrivateNetwork.WithEveryPort(issuer.AllowedRanges) };
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
                Failure: fetched.Detail,
                Next: NextStep(issuer, url, fetched)
            );
    }

    private static string NextStep(IssuerSettings issuer, Uri url, FetchResult fetched)
    {
        const string provider = "the identity provider";
        var key = $"issuers.{issuer.Name}";
        return fetched.Refusal switch
        {
            FetchRefusal.Tls when issuer.CaFile.Length > 0 =>
                $"Write the CA that issued the certificate of {url.Authority} into {issuer.CaFile} ({key}.ca_file).",
            FetchRefusal.Tls =>
                $"If a private CA issued the certificate of {url.Authority}, name its file in {key}.ca_file.",
            FetchRefusal.Unresolvable => ConnectCause.Unresolved.NextStep(url.Authority, provider),
            FetchRefusal.Unreachable or FetchRefusal.TimedOut => fetched.Cause.NextStep(url.Authority, provider),
            FetchRefusal.PrivateAddress
            or FetchRefusal.LoopbackAddress
            or FetchRefusal.ReservedAddress
            or FetchRefusal.OutsideBound
            or FetchRefusal.PortNotAllowed =>
                $"If {url.Authority} is intended, list its address in {key}.allowed_ranges.",
            FetchRefusal.Redirect => $"{url.AbsoluteUri} redirects to another address, and redirects are not followed: "
                + $"set {key}.jwks_url to the address that answers with the key set.",
            FetchRefusal.ContentType or FetchRefusal.Malformed or FetchRefusal.TooLarge =>
                $"Open {url.AbsoluteUri}: it must be a JSON document.",
            _ => $"Compare {key}.issuer and jwks_url with what {provider} publishes.",
        };
    }
}
