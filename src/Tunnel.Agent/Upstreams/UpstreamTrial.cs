using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>A probe of a route's upstream outside the running agent, over the same path and under the same rules.</summary>
internal static class UpstreamTrial
{
    public static async Task<ProbeState> RunAsync(
        RouteSettings settings,
        IReadOnlyList<IssuerSettings> issuers,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var metrics = new AgentMetrics();
        var forwarder = new Forwarder(metrics, time, NullLogger<Forwarder>.Instance);
        var keys = new KeySetSource(new IssuerDocuments(time));
        await using var routes = RouteSet.Create(
            [settings],
            [.. issuers.Select(i => new IssuerKeyCache(i, keys, time, NullLogger<IssuerKeyCache>.Instance))],
            new UpstreamFactory(forwarder, metrics, time, NullLoggerFactory.Instance).Create,
            time
        );
        var probe = new UpstreamProbe(routes.Routes[0], time, NullLogger<UpstreamProbe>.Instance);
        await probe.ProbeAsync(cancellationToken);
        return probe.State;
    }
}
