using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>
/// All that one reading of the file says about routes: issuers with their keys, routes with their upstreams, probes. A
/// change of the file makes another one; this one then serves what it began with and ends.
/// </summary>
internal sealed class RouteGeneration : IAsyncDisposable
{
    private readonly RouteSet set;

    public RouteGeneration(
        AgentSettings settings,
        UpstreamFactory upstreams,
        TimeProvider time,
        ILoggerFactory loggers,
        RouteGeneration? before = null
    )
    {
        Settings = settings;
        var keys = new KeySetSource(new IssuerDocuments(time));
        Issuers =
        [
            .. settings.Issuers.Select(i => new IssuerKeyCache(i, keys, time, loggers.CreateLogger<IssuerKeyCache>())),
        ];
        set = RouteSet.Create(settings.Routes, Issuers, upstreams, time, before?.Routes);
        Probes = [.. set.Routes.Select(r => new UpstreamProbe(r, time, loggers.CreateLogger<UpstreamProbe>()))];
    }

    public AgentSettings Settings { get; }

    public IReadOnlyList<IssuerKeyCache> Issuers { get; }

    public IReadOnlyList<Route> Routes => set.Routes;

    public IReadOnlyList<UpstreamProbe> Probes { get; }

    public RouteUse Use { get; } = new();

    /// <summary>Fetches keys and probes until cancelled. It ends by itself only by a fault.</summary>
    public async Task RunAsync(Action changed, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task> running =
        [
            .. Issuers.Select(i => i.RunAsync(both.Token)),
            .. Probes.Select(p => p.RunAsync(changed, both.Token)),
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, both.Token),
        ];
        try
        {
            // A route without a probe has nothing to run.
            while (running.Count > 0)
            {
                var ended = await Task.WhenAny(running);
                running.Remove(ended);
                await ended;
            }
        }
        finally
        {
            await both.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public ValueTask DisposeAsync() => set.DisposeAsync();
}
