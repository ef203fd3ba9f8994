using System.Text;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Connections;

/// <summary>
/// Gets an upstream's metadata and posts forms to its endpoints, with the shared address-checking fetcher (S27): no redirects,
/// bounded.
/// </summary>
internal sealed class UpstreamFetcher(Current<OutboundOptions> outbound, TimeProvider time, IHostResolver resolver)
{
    /// <summary>An answer is metadata, or has at most an access token and a refresh token.</summary>
    public const int MaxBytes = 64 * 1024;

    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <param name="field">The member of the request that has the URL.</param>
    public Task<FetchResult> GetAsync(
        string url,
        string field,
        string? caPem,
        IReadOnlyList<AllowedTarget> targets,
        CancellationToken cancellationToken
    ) => FetchAsync(new FetchRequest { Url = url, Field = field }, caPem, targets, cancellationToken);

    /// <param name="field">The member of the connection that has the URL.</param>
    /// <param name="authorization">The value of the Authorization header; null = none.</param>
    public async Task<FetchResult> PostAsync(
        Connection connection,
        string url,
        string field,
        IReadOnlyList<KeyValuePair<string, string>> form,
        string? authorization,
        CancellationToken cancellationToken
    )
    {
        using var content = new FormUrlEncodedContent(form);
        var body = await content.ReadAsByteArrayAsync(cancellationToken);
        var request = new FetchRequest
        {
            Url = url,
            Field = field,
            WantsAnyStatus = true,
            Post = new FetchPost(
                body,
                "application/x-www-form-urlencoded",
                authorization is null ? [] : [new("Authorization", authorization)]
            ),
        };
        return await FetchAsync(request, connection.CaCertificatePem, connection.AllowedTargets, cancellationToken);
    }

    private async Task<FetchResult> FetchAsync(
        FetchRequest request,
        string? caPem,
        IReadOnlyList<AllowedTarget> targets,
        CancellationToken cancellationToken
    )
    {
        var roots = PinnedRoots.Read(caPem);
        try
        {
            var reach = outbound.Value;
            var fetcher = new SafeFetcher(
                new SafeFetcherOptions
                {
                    Timeout = Timeout,
                    MaxBytes = MaxBytes,
                    PrivateNetworks = reach.PrivateNetworks,
                    Network = reach.Network,
                },
                time,
                resolver
            );
            return await fetcher.FetchAsync(
                request with
                {
                    AllowedTargets = [.. targets.Select(t => new FetchTarget(t.Network, t.Port))],
                    PinnedRoots = roots,
                },
                cancellationToken
            );
        }
        finally
        {
            foreach (var root in roots ?? [])
            {
                root.Dispose();
            }
        }
    }

    /// <summary>RFC 6749 §2.3.1: both parts are encoded before they are joined.</summary>
    public static string CreateBasic(string clientId, string secret) =>
        "Basic "
        + Convert.ToBase64String(
            Encoding.ASCII.GetBytes($"{Uri.EscapeDataString(clientId)}:{Uri.EscapeDataString(secret)}")
        );
}
