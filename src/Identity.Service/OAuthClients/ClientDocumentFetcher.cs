using System.Net;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Addresses;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>Fetches with the shared address-checking fetcher (S27): https alone, no redirects, JSON alone.</summary>
internal sealed class ClientDocumentFetcher(
    Current<OAuthClientOptions> options,
    Current<OutboundOptions> outbound,
    TimeProvider time,
    IHostResolver resolver
) : IClientDocumentFetcher
{
    /// <summary>The draft recommends 5 KB; documents with long lists of redirect URIs are larger.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>A person waits for the answer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private const string Area = "oauth_client";
    private const string MediaType = "application/json";

    public async Task<FetchedClientDocument> FetchAsync(string url, CancellationToken cancellationToken)
    {
        var networks = options.Value.DocumentNetworks;
        var port = new Uri(url).Port;
        var fetcher = new SafeFetcher(
            new SafeFetcherOptions
            {
                Timeout = Timeout,
                MaxBytes = MaxBytes,
                PrivateNetworks = PrivateNetwork.WithEveryPort(networks),
                Network = outbound.Value.Network,
            },
            time,
            resolver
        );
        var result = await fetcher.FetchAsync(
            new FetchRequest
            {
                Url = url,
                Field = "client_id",
                AllowedTargets = [.. networks.Ranges.Select(range => new FetchTarget(range, port))],
                MediaType = MediaType,
            },
            cancellationToken
        );
        return result.IsSuccess
            ? FetchedClientDocument.From(result.Body, result.MaxAge)
            : FetchedClientDocument.Failed(
                result.Code(Area),
                result.Detail,
                isGone: result.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone
            );
    }
}
