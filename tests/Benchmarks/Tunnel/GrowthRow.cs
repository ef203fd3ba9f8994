using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Servers;
using Culvert.Platform.Certificates;
using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Tunnel.Edge.Tests.Support;
using Culvert.Tunnel.Protocol;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Transport;

namespace Culvert.Benchmarks.Tunnel;

/// <summary>
/// <c>edge.growth.tunnels</c> and <c>edge.growth.agents</c>: calls per second through one edge that serves 10,000 tunnels,
/// or has 100 agents, compared with one that has a single tunnel and agent, in the same rounds. Each edge is a separate
/// process, set up as in a deployment; the clients, and agents that echo what they receive, run in this process.
/// </summary>
internal sealed class GrowthRow(string folder, TimeProvider time)
{
    private const int Tunnels = 10_000;
    private const int Agents = 100;
    private const int Clients = 16;
    private const int CallBytes = 256;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await CompareAsync("edge.growth.tunnels", Tunnels, 1, cancellationToken);
        yield return await CompareAsync("edge.growth.agents", Agents, Agents, cancellationToken);
    }

    private async Task<Figure> CompareAsync(string name, int tunnels, int agents, CancellationToken cancellationToken)
    {
        await using var large = await Side.StartAsync(Path.Combine(folder, name), tunnels, agents, cancellationToken);
        await using var small = await Side.StartAsync(Path.Combine(folder, "one"), 1, 1, cancellationToken);
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
    private sealed class Side(ChildServer edge, PortPlan ports) : IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

        private readonly List<MuxConnection> agents = [];
        private readonly List<Socket> clients = [];

        public static async Task<Side> StartAsync(
            string folder,
            int tunnels,
            int agents,
            CancellationToken cancellationToken
        )
        {
            Directory.CreateDirectory(folder);
            var platform = new TestPlatform();
            BareEdge.WriteFiles(platform, folder);
            var ports = PortProbe.FreeBlock();
            var edge = await ChildServer.StartAsync(
                BareEdge.Kind,
                ports.Sni,
                folder,
                TunnelEdge.Runtime,
                cancellationToken,
                $"{ports.Agents}",
                $"{tunnels}",
                folder
            );
            var side = new Side(edge, ports);
            try
            {
                await side.ConnectAsync(platform, agents, cancellationToken);
                return side;
            }
            catch
            {
                await side.DisposeAsync();
                throw;
            }
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

            await edge.DisposeAsync();
        }

        private async Task ConnectAsync(TestPlatform platform, int count, CancellationToken cancellationToken)
        {
            for (var i = 0; i < count; i++)
            {
                await ConnectAgentAsync(platform, i, cancellationToken);
            }

            for (var i = 0; i < Clients; i++)
            {
                // Of many tunnels the last ones: a search from the front would show.
                await ConnectClientAsync(count == 1 ? 0 : count - 1 - (i % count), cancellationToken);
            }
        }

        private async Task ConnectAgentAsync(TestPlatform platform, int number, CancellationToken cancellationToken)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            OuterSocket.Prepare(socket);
            await socket.ConnectAsync(IPAddress.Loopback, ports.Agents, cancellationToken);
            var gathering = new GatheringStream(new NetworkStream(socket, ownsSocket: true));
            var tls = new SslStream(gathering);
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    EnabledSslProtocols = SslProtocols.Tls13,
                    ApplicationProtocols = [new SslApplicationProtocol(TunnelProtocol.Alpn)],
                    ClientCertificateContext = platform.Agent($"a{number}", BareEdge.TunnelId(number)).Context,
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
            gathering.Begin();
            var options = new MuxOptions { InstanceId = $"a{number}" };
            var mux = new MuxConnection(tls, MuxRole.Agent, options, TimeProvider.System);
            agents.Add(mux);
            _ = mux.RunAsync(CancellationToken.None);
            _ = AnswerAsync(mux);
        }

        /// <summary>A tunnel's client, its hello answered. An edge that does not know the agent yet turns it away.</summary>
        private async Task ConnectClientAsync(int tunnel, CancellationToken cancellationToken)
        {
            var hello = Hellos.Build(Hellos.ServerName("docs." + BareEdge.Domain(tunnel)));
            var since = TimeProvider.System.GetTimestamp();
            while (true)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(IPAddress.Loopback, ports.Sni, cancellationToken);
                    await CallAsync(socket, hello, new byte[hello.Length]);
                    clients.Add(socket);
                    return;
                }
                catch (Exception e)
                    when (e is IOException or SocketException && TimeProvider.System.GetElapsedTime(since) < Patience)
                {
                    socket.Dispose();
                    await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
                }
            }
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
