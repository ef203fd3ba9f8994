using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Platform.Certificates;
using Culvert.Platform.Health;
using Culvert.Platform.Identity;
using Culvert.Platform.Logging;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Edge.Agents;
using Culvert.Tunnel.Edge.Configuration;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Hosting;
using Culvert.Tunnel.Edge.Ingress;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Tests.Support;
using Culvert.Tunnel.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>edge.growth.tunnels</c> and <c>edge.growth.agents</c>: calls per second through one edge that serves 10,000 tunnels,
/// or has 100 agents, beside one with a single one of either, in the same rounds. Edge, clients and agents that answer
/// what they hear are one process: it is the edge's own work that could grow.
/// </summary>
internal sealed class GrowthRow(TimeProvider time)
{
    private const int Tunnels = 10_000;
    private const int Agents = 100;
    private const int Clients = 16;
    private const int CallBytes = 256;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken) =>
        [
            await CompareAsync("edge.growth.tunnels", Tunnels, 1, cancellationToken),
            await CompareAsync("edge.growth.agents", Agents, Agents, cancellationToken),
        ];

    private async Task<Figure> CompareAsync(string name, int tunnels, int agents, CancellationToken cancellationToken)
    {
        await using var large = await Side.StartAsync(tunnels, agents, cancellationToken);
        await using var small = await Side.StartAsync(1, 1, cancellationToken);
        await large.CallAsync(WarmUp, time, cancellationToken);
        await small.CallAsync(WarmUp, time, cancellationToken);
        List<LoadResult> measured = [],
            compared = [];
        for (var round = 0; round < LoadPlan.Rounds; round++)
        {
            measured.Add(await large.CallAsync(Round, time, cancellationToken));
            compared.Add(await small.CallAsync(Round, time, cancellationToken));
        }

        return Figure.Of(name, measured, compared);
    }

    /// <summary>One edge with its tunnels, agents and clients.</summary>
    private sealed class Side(EdgeServer server) : IAsyncDisposable
    {
        private readonly List<MuxConnection> agents = [];
        private readonly List<Socket> clients = [];

        public static async Task<Side> StartAsync(int tunnels, int agents, CancellationToken cancellationToken)
        {
            var platform = new TestPlatform();
            var state = new EdgeState(() => TimeProvider.System.GetUtcNow());
            state.Use(platform.Edge());
            state.Use(EdgeSnapshot.From(Feed(tunnels), platform.Trust));
            var server = EdgeServer.Start(Settings(), state, TimeProvider.System, NullLoggerFactory.Instance);
            var side = new Side(server);
            for (var i = 0; i < agents; i++)
            {
                await side.ConnectAgentAsync(platform, i, cancellationToken);
            }

            while (server.Agents.All.Count() < agents)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
            }

            for (var i = 0; i < Clients; i++)
            {
                // Of many tunnels the last ones: a search from the front would show.
                await side.ConnectClientAsync(agents == 1 ? 0 : agents - 1 - (i % agents), cancellationToken);
            }

            return side;
        }

        public async Task<LoadResult> CallAsync(
            TimeSpan duration,
            TimeProvider time,
            CancellationToken cancellationToken
        )
        {
            var started = time.GetTimestamp();
            var latencies = await Task.WhenAll(
                clients.Select(client => Task.Run(() => LoopAsync(client, started, duration, time), cancellationToken))
            );
            return LoadResult.Of(time.GetElapsedTime(started), latencies.SelectMany(l => l));
        }

        public async ValueTask DisposeAsync()
        {
            clients.ForEach(client => client.Dispose());
            foreach (var agent in agents)
            {
                await agent.DisposeAsync();
            }

            await server.DisposeAsync();
        }

        private static EdgeFeed Feed(int tunnels) =>
            new()
            {
                Revision = 1,
                Edge = new EdgeFeedEdge
                {
                    Id = "edge_01",
                    Name = "edge-1",
                    Addresses = [],
                    DnsNames = [],
                },
                PlatformBundle = new BundleDocument { Epoch = 1, Pem = "" },
                Tunnels =
                [
                    .. Enumerable
                        .Range(0, tunnels)
                        .Select(i => new EdgeFeedTunnel
                        {
                            Id = TunnelId(i),
                            Domain = Domain(i),
                            OrganizationId = TestPlatform.Organization,
                            WorkspaceId = "wrkspc_01",
                            Status = TunnelStatus.Active,
                            ClientSourceRanges = ["127.0.0.0/8"],
                            AgentSourceRanges = [],
                        }),
                ],
                RevokedSerials = [],
                RevokedEnrolments = [],
            };

        private static EdgeSettings Settings() =>
            new()
            {
                EdgeId = "edge_01",
                StateDirectory = "",
                Identity = new IdentityOptions { Url = new Uri("https://identity.test") },
                Agents = new AgentOptions { Listen = [new IPEndPoint(IPAddress.Loopback, 0)] },
                Sni = new SniOptions { Listen = [new IPEndPoint(IPAddress.Loopback, 0)] },
                TunnelDefaults = new TunnelLimits(1000, new(1000, TimeSpan.FromSeconds(1))),
                DrainTimeout = TimeSpan.FromSeconds(5),
                Health = new HealthOptions { Listen = [] },
                Log = new LogOptions(),
            };

        private static string TunnelId(int number) => $"tnl_{number:d24}";

        private static string Domain(int number) => $"t{number}.tunnel.test";

        private async Task ConnectAgentAsync(TestPlatform platform, int number, CancellationToken cancellationToken)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server.AgentEndPoints[0], cancellationToken);
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    EnabledSslProtocols = SslProtocols.Tls13,
                    ApplicationProtocols = [new SslApplicationProtocol(TunnelProtocol.Alpn)],
                    ClientCertificateContext = platform.Agent($"a{number}", TunnelId(number)).Context,
                    RemoteCertificateValidationCallback = (_, leaf, chain, _) =>
                        new PeerVerifier(platform.Trust)
                            .Verify(
                                leaf as X509Certificate2,
                                chain,
                                PeerRole.EdgeServer,
                                TimeProvider.System.GetUtcNow()
                            )
                            .IsAccepted,
                },
                cancellationToken
            );
            var options = new MuxOptions { InstanceId = $"a{number}" };
            var mux = new MuxConnection(tls, MuxRole.Agent, options, TimeProvider.System);
            agents.Add(mux);
            _ = mux.RunAsync(CancellationToken.None);
            _ = AnswerAsync(mux);
        }

        /// <summary>A tunnel's client, its hello answered.</summary>
        private async Task ConnectClientAsync(int tunnel, CancellationToken cancellationToken)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            clients.Add(socket);
            await socket.ConnectAsync(server.SniEndPoints[0], cancellationToken);
            var hello = Hellos.Build(Hellos.ServerName("docs." + Domain(tunnel)));
            await CallAsync(socket, hello, new byte[hello.Length]);
        }

        private static async Task AnswerAsync(MuxConnection mux)
        {
            while (await mux.AcceptAsync(CancellationToken.None) is { } stream)
            {
                _ = stream.Input.CopyToAsync(stream.Output);
            }
        }

        private static async Task<List<TimeSpan>> LoopAsync(
            Socket client,
            long started,
            TimeSpan duration,
            TimeProvider time
        )
        {
            var (call, answer) = (new byte[CallBytes], new byte[CallBytes]);
            var latencies = new List<TimeSpan>(64 * 1024);
            while (time.GetElapsedTime(started) < duration)
            {
                var sent = time.GetTimestamp();
                await CallAsync(client, call, answer);
                latencies.Add(time.GetElapsedTime(sent));
            }

            return latencies;
        }

        private static async Task CallAsync(Socket socket, ReadOnlyMemory<byte> call, Memory<byte> answer)
        {
            await socket.SendAsync(call);
            while (!answer.IsEmpty)
            {
                var read = await socket.ReceiveAsync(answer);
                answer = read > 0 ? answer[read..] : throw new IOException("The edge closed a client's connection.");
            }
        }
    }
}
