using System.Globalization;
using System.Net;
using Culvert.Platform.Addresses;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Pipeline;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Benchmarks.Servers;

/// <summary>
/// The agent's own forwarder, inner TLS and all, on an ordinary socket: what a call costs without edge, outer TLS and
/// multiplexing.
/// </summary>
internal static class DirectForwarder
{
    public static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        WorkerThreads.Reserve(); // as the agent does
        var port = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        var (certificate, key) = (File.ReadAllText(arguments[1]), File.ReadAllText(arguments[2]));
        var domain = arguments[3];
        var upstreamPort = int.Parse(arguments[4], CultureInfo.InvariantCulture);
        var credential = BenchCredentials.Create(arguments.Length > 5 ? arguments[5] : "");
        var serverName = $"{Stage.Hops.TunnelAgent.Route}.{domain}";

        using var metrics = new AgentMetrics();
        var routes = new RouteMap();
        routes.Swap(new RouteTable(domain, active: true, [CreateRoute(upstreamPort, metrics, credential)]));
        var leaf = new InnerLeaf(
            KeyAndCertificate.FromPem(certificate, key),
            System.Security.Authentication.SslProtocols.None
        );
        var bodies = new BodyReader(new BodyBudget(), TimeProvider.System);
        var refusals = new Refusals(metrics, NullLogger<InnerApplication>.Instance);
        var application = new InnerApplication(
            routes,
            new RequestPipeline(
                new AuthorizationGate(metrics, TimeProvider.System, NullLogger<AuthorizationGate>.Instance),
                new PolicyStage(metrics, NoTrail.Instance, TimeProvider.System, NullLogger<PolicyStage>.Instance),
                refusals,
                TimeProvider.System,
                NullLogger<InnerApplication>.Instance
            ),
            bodies
        );

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(
                IPAddress.Loopback,
                port,
                listen =>
                {
                    listen.Use(next =>
                        connection =>
                        {
                            connection.Features.Set<ITunnelConnection>(new DirectConnection(serverName));
                            return next(connection);
                        }
                    );
                    listen.Use(
                        new InnerTlsMiddleware(
                            (_, _) => leaf.TlsOptions,
                            TimeSpan.FromSeconds(10),
                            TimeProvider.System,
                            NullLogger.Instance
                        ).Use
                    );
                }
            )
        );
        await using var host = builder.Build();
        var server = host.Services.GetRequiredService<IServer>();
        await server.StartAsync(application, cancellationToken);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        finally
        {
            await server.StopAsync(CancellationToken.None);
        }
    }

    private static AddressRanges Loopback() =>
        AddressRanges.TryParse(["127.0.0.0/8"], out var ranges, out _)
            ? ranges
            : throw new InvalidOperationException("127.0.0.0/8 is no range?");

    private static Route CreateRoute(int upstreamPort, AgentMetrics metrics, UpstreamCredential? credential)
    {
        var settings = new HttpUpstreamSettings
        {
            IsTls = false,
            Host = "127.0.0.1",
            Port = upstreamPort,
            HostHeader = $"127.0.0.1:{upstreamPort}",
            AllowedRanges = Loopback(),
            TlsServerName = "",
            Timeouts = new UpstreamTimeouts(
                TimeSpan.FromSeconds(10),
                TimeSpan.FromMinutes(5),
                TimeSpan.FromMinutes(15)
            ),
            MaxConnections = 256,
            ConnectAttempts = 2,
            Probe = new ProbeSettings(ProbeKind.None, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5)),
        };
        var connector = new UpstreamConnector(settings, TimeProvider.System);
        return new Route(
            Stage.Hops.TunnelAgent.Route,
            new HttpUpstream(
                settings,
                connector,
                new Forwarder(metrics, TimeProvider.System, NullLogger<Forwarder>.Instance)
            ),
            [],
            credential is null
                ? RouteAccess.Open(OauthMode.Passthrough)
                : new RouteAccess(
                    new OauthSettings { Mode = OauthMode.DangerousNone },
                    [],
                    credential,
                    TimeProvider.System
                )
        );
    }
}
