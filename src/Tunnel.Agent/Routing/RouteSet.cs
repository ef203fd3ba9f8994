using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Routing;

/// <summary>The agent's routes with their upstream pools, made once from the configuration.</summary>
internal sealed class RouteSet : IDisposable
{
    private RouteSet(IReadOnlyList<Route> routes) => Routes = routes;

    public IReadOnlyList<Route> Routes { get; }

    public static RouteSet Create(
        IReadOnlyList<RouteSettings> settings,
        TimeProvider time,
        IHostResolver? resolver = null
    ) =>
        new([
            .. settings.Select(s => new Route(
                s.Name,
                new Upstream(s.Upstream, new UpstreamConnector(s.Upstream, time, resolver)),
                s.AllowedOrigins
            )),
        ]);

    public void Dispose()
    {
        foreach (var route in Routes)
        {
            route.Upstream.Dispose();
        }
    }
}
