using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Doctor;

/// <summary>
/// Fetches the keys of issuers with the service's own fetcher and rules, without storing them. Bounded in number and time:
/// issuers without stored keys come first.
/// </summary>
internal sealed class IssuerProbe(KeySetFetch fetch, FetchOptions options, TimeProvider time)
{
    /// <summary>The number of issuers that are tried.</summary>
    internal const int Most = 50;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static IssuerProbe Create(ServiceOptions options, TimeProvider time) =>
        new(
            new KeySetFetch(
                new IssuerFetcher(new(options.Federation), new(options.Outbound), time, SystemHostResolver.Instance),
                new KeyFile(() => options.Federation.JwksDirectory)
            ),
            options.Federation.Fetch,
            time
        );

    public async Task<IReadOnlyList<IssuerState>> RunAsync(
        IReadOnlyList<StoredIssuer> issuers,
        CancellationToken cancellationToken
    )
    {
        var wanted = issuers
            .Where(IsFetched)
            .OrderBy(issuer => issuer.Kept?.FetchedAt ?? DateTimeOffset.MinValue)
            .Take(Most)
            .ToHashSet();
        using var limit = new TimeLimit(Limit, time, cancellationToken);
        using var slots = new SemaphoreSlim(options.Concurrency);
        return await Task.WhenAll(
            issuers.Select(issuer =>
                wanted.Contains(issuer)
                    ? TryAsync(issuer, slots, limit.Token, cancellationToken)
                    : Task.FromResult(new IssuerState(issuer))
            )
        );
    }

    private static bool IsFetched(StoredIssuer issuer) =>
        issuer.Issuer.KeySource.ConfiguredKeys is null
        && issuer.Control is { PausedAt: null, Kill: null or { Issuer: false } };

    private async Task<IssuerState> TryAsync(
        StoredIssuer issuer,
        SemaphoreSlim slots,
        CancellationToken limited,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await slots.WaitAsync(limited);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new IssuerState(issuer); // the others used up the time
        }

        using var each = new TimeLimit(options.Timeout, time, limited);
        try
        {
            var result = await fetch.GetAsync(issuer.Issuer, known: null, steps: null, each.Token);
            return new IssuerState(issuer, result.Code, result.Failure) { IsTried = true };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new IssuerState(issuer, "issuer.timed_out", "not done within the time limit") { IsTried = true };
        }
        finally
        {
            slots.Release();
        }
    }
}
