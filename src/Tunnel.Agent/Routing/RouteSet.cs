using Culvert.Platform.Net;
using Culvert.Tunnel.Agent.Authorization;
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
        IReadOnlyList<IssuerKeyCache> issuers,
        TimeProvider time,
        IHostResolver? resolver = null
    ) =>
        new([
            .. settings.Select(s => new Route(
                s.Name,
                new Upstream(s.Upstream, new UpstreamConnector(s.Upstream, time, resolver)),
                s.AllowedOrigins,
                new RouteAccess(
                    s.Oauth,
                    [.. issuers.Where(i => s.Oauth.Issuers.Contains(i.Issuer.Name, StringComparer.Ordinal))],
                    CredentialOf(s.Credential),
                    time
                )
            )),
        ]);

    private static UpstreamCredential CredentialOf(CredentialSettings settings) =>
        settings.Type switch
        {
            CredentialType.Static => new StaticCredential(settings.Header, settings.Value!),
            _ => NoCredential.Instance,
        };

    public void Dispose()
    {
        foreach (var route in Routes)
        {
            route.Upstream.Dispose();
        }
    }
}
