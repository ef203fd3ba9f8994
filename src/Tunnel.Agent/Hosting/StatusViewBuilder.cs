using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Ui;

namespace Culvert.Tunnel.Agent.Hosting;

internal sealed class StatusViewBuilder(AgentComponents parts, HealthEndpoints endpoints, RecentLines? lines)
{
    public async Task<StatusView> BuildAsync(CancellationToken cancellationToken) =>
        new()
        {
            Version = ProductVersion.Text,
            TunnelId = parts.Settings.Tunnel.Id,
            Domain = parts.Map.Current.Domain,
            Now = parts.Time.GetUtcNow(),
            Checks = await endpoints.EvaluateAsync(cancellationToken),
            Edges = parts.Fleet.Connections,
            LongPolls = parts.LongPolls.Status,
            Connectors = parts.Connectors.Status,
            Routes =
            [
                .. parts.Generation.Probes.Select(p => new StatusRoute(
                    p.Route.HostnameUnder(parts.Map.Current.Domain),
                    p.Route.Upstream.Address,
                    OauthText.ToText(p.Route.Access.Oauth.Mode),
                    p.State.IsHealthy,
                    p.State.Detail
                )),
            ],
            Certificates =
            [
                .. parts.Credentials.Identity is { } identity
                    ?
                    [
                        (
                            "platform, towards service and edges",
                            identity.Credential.Serial,
                            identity.Credential.NotAfter
                        ),
                    ]
                    : Array.Empty<(string, string, DateTimeOffset)>(),
                .. parts.Leaves.Current is { } leaf
                    ? [("inner TLS, towards clients", leaf.Pair.Serial, leaf.Pair.NotAfter)]
                    : Array.Empty<(string, string, DateTimeOffset)>(),
            ],
            PublicNames = parts.PublicCertificates.Status,
            PublicAccount = parts.PublicCertificates.Account,
            AllowsUnboundNames = parts.Generation.Settings.Acme.DangerousAllowUnbound,
            Calls = parts.Metrics.Recent.Calls,
            Lines = lines?.Lines ?? [],
        };
}
