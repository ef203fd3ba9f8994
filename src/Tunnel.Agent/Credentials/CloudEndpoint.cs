using Culvert.Platform.Addresses;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>Posts to the endpoints of a cloud, through the fetcher that vets addresses (S27).</summary>
/// <param name="resolver">Null = the system's resolver.</param>
internal sealed class CloudEndpoint(CloudEndpointSettings settings, TimeProvider time, IHostResolver? resolver = null)
{
    private readonly SafeFetcher fetcher = new(
        new SafeFetcherOptions
        {
            MaxBytes = MaxBytes,
            PrivateNetworks = PrivateNetwork.WithEveryPort(settings.AllowedRanges),
        },
        time,
        resolver
    );

    /// <summary>Far longer than any answer that names a credential.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <param name="field">The setting with the URL.</param>
    /// <returns>An answer with any status but a redirect, or why there is none.</returns>
    public Task<FetchResult> PostAsync(string url, string field, string accept, FetchPost post) =>
        // Several calls wait for the same answer, which has the fetcher's deadline.
        fetcher.FetchAsync(
            new FetchRequest
            {
                Url = url,
                Field = field,
                Accept = accept,
                Post = post,
                WantsAnyStatus = true,
                AllowedTargets = [.. settings.AllowedRanges.Ranges.Select(r => new FetchTarget(r, new Uri(url).Port))],
                PinnedRoots = settings.Roots,
            },
            CancellationToken.None
        );

    public IssuedToken Failed(string problem) => IssuedToken.Failed(problem, time);
}
