using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Edge.Forwarding;
using Culvert.Tunnel.Edge.Tests.Support;

namespace Culvert.Tunnel.Edge.Tests.Ingress.Connect;

/// <summary>The CONNECT ingress with real sockets and real TLS: what clients see (S22).</summary>
public sealed class ConnectListenerTests
{
    private const string Name = "docs." + TestPlatform.Domain;
    private const string Forbidden = "HTTP/1.1 403 Forbidden";
    private static readonly byte[] Hello = Hellos.Build(Hellos.ServerName(Name));

    private readonly ClientCertificates clients = new();

    [Fact]
    public async Task Connect_ProvenClient_ReachesTheAgentWithItsIdentity()
    {
        await using var edge = RunningEdge.Start(feed: Feed());
        await using var agent = await edge.AgentAsync();
        await using var tls = await DialAsync(edge);

        (await AskAsync(tls, Request())).ShouldBe("HTTP/1.1 200 Connection established\r\n\r\n");
        await tls.WriteAsync(Hello);
        await ReadAsync(tls, Hello.Length); // echoed

        agent.Opened.TryDequeue(out var open).ShouldBeTrue();
        open.ServerName.ShouldBe(Name);
        open.Identity.ShouldNotBeNull().CertificateAuthorityId.ShouldBe("clca_01");
        open.Identity.MatchedName.ShouldBe("uri:" + ClientCertificates.Uri);
    }

    [Fact] // S21
    public async Task Connect_EmptyRanges_AreNoObstacle()
    {
        await using var edge = RunningEdge.Start(feed: Feed(ranges: []));
        await using var agent = await edge.AgentAsync();
        await using var tls = await DialAsync(edge);

        (await AskAsync(tls, Request())).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Fact] // no list and one that cannot be read are different things
    public async Task Connect_UnreadableRanges_RefuseEverybody()
    {
        await using var edge = RunningEdge.Start(feed: Feed(ranges: ["nonsense"]));
        await using var agent = await edge.AgentAsync();
        await using var tls = await DialAsync(edge);

        (await AskAsync(tls, Request())).ShouldStartWith(Forbidden);
    }

    [Fact] // one shape, whatever the reason
    public async Task Connect_RefusedBeforeAMatch_IsTheSame403()
    {
        await using var edge = RunningEdge.Start(
            feed: Feeds.Of(
                Feeds.Tunnel(authorities: [clients.Authority()]),
                Feeds.Tunnel("tnl_2", "t2.tunnel.test", authorities: [new ClientCertificates().Authority()]),
                Feeds.Tunnel("tnl_3", "t3.tunnel.test"),
                Feeds.Tunnel("tnl_4", "t4.tunnel.test", clients: ["192.0.2.0/24"], authorities: [clients.Authority()]),
                Feeds.Tunnel("tnl_5", "t5.tunnel.test", status: "archived", authorities: [clients.Authority()])
            )
        );
        string[] names = ["unknown.test", "t2.tunnel.test", "t3.tunnel.test", "t4.tunnel.test", "t5.tunnel.test"];
        var answers = new List<string>();
        foreach (var name in names)
        {
            await using var tls = await DialAsync(edge);
            answers.Add(await AskAsync(tls, Request(name)));
        }

        await using var nobody = await DialAsync(edge, null);
        answers.Add(await AskAsync(nobody, Request()));
        await using var stranger = await DialAsync(
            edge,
            clients.Chain(clients.Client("spiffe://clients.test/app/two"))
        );
        answers.Add(await AskAsync(stranger, Request()));
        await using var server = await DialAsync(
            edge,
            clients.Chain(clients.Client(usages: [TestPki.ServerAuthentication]))
        );
        answers.Add(await AskAsync(server, Request()));

        answers.ShouldAllBe(answer => answer == answers[0]);
        answers[0].ShouldStartWith(Forbidden);
    }

    [Theory]
    [InlineData("CONNECT docs.t1.tunnel.test:444 HTTP/1.1\r\nHost: docs.t1.tunnel.test:444\r\n\r\n")]
    [InlineData("CONNECT docs.t1.tunnel.test:443 HTTP/1.0\r\nHost: docs.t1.tunnel.test:443\r\n\r\n")]
    [InlineData("CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n")]
    [InlineData("GET https://docs.t1.tunnel.test/ HTTP/1.1\r\nHost: docs.t1.tunnel.test\r\n\r\n")]
    [InlineData(
        "CONNECT docs.t1.tunnel.test:443 HTTP/1.1\r\nHost: docs.t1.tunnel.test\r\nContent-Length: 3\r\n\r\nabc"
    )]
    [InlineData("CONNECT docs.t1.tunnel.test:443 HTTP/1.1\r\nHost: docs.t1.tunnel.test\r\n\r\nearly")]
    public async Task Connect_BadRequest_Is400(string request)
    {
        await using var edge = RunningEdge.Start(feed: Feed());
        await using var agent = await edge.AgentAsync();
        await using var tls = await DialAsync(edge);

        var answer = await AskAsync(tls, request);

        answer.ShouldStartWith("HTTP/1.1 400 Bad Request\r\nX-Culvert-Reason: bad_connect\r\n");
    }

    [Fact]
    public async Task Connect_EndlessHead_Is400AtTheBound()
    {
        await using var edge = RunningEdge.Start(feed: Feed());
        await using var tls = await DialAsync(edge);

        var answer = await AskAsync(tls, "CONNECT " + new string('a', 9000));

        answer.ShouldStartWith("HTTP/1.1 400 ");
    }

    [Fact]
    public async Task Connect_NoAgent_Is503WithTheReason() => await ShouldBeUnavailableAsync(Feed(), "no_agent");

    [Fact]
    public async Task Connect_PausedTunnel_Is503WithTheReason() =>
        await ShouldBeUnavailableAsync(Feed(status: TunnelStatus.Paused), "tunnel_paused", withAgent: true);

    [Fact]
    public async Task Connect_FullTunnel_Is503WithTheReason()
    {
        await using var edge = RunningEdge.Start(
            s => s with { TunnelDefaults = new TunnelLimits(1, new Rate(100, TimeSpan.FromSeconds(1))) },
            feed: Feed()
        );
        await using var agent = await edge.AgentAsync();
        await using var first = await DialAsync(edge);
        await AskAsync(first, Request());
        await using var second = await DialAsync(edge);

        (await AskAsync(second, Request())).ShouldContain("X-Culvert-Reason: tunnel_limit\r\n");
    }

    [Fact] // S22: the encrypted side asks for what was let in
    public async Task Connect_HelloForAnotherName_GetsAlert112()
    {
        await using var edge = RunningEdge.Start(feed: Feed());
        await using var agent = await edge.AgentAsync();
        await using var tls = await DialAsync(edge);
        await AskAsync(tls, Request());

        await tls.WriteAsync(Hellos.Build(Hellos.ServerName("other." + TestPlatform.Domain)));

        (await ReadToEndAsync(tls)).ShouldBe([21, 3, 3, 0, 2, 2, 112]);
        agent.Opened.ShouldBeEmpty();
    }

    [Fact] // nothing unencrypted goes to an agent
    public async Task Connect_PlainTextAfterThe200_IsClosed()
    {
        await using var edge = RunningEdge.Start(feed: Feed());
        await using var agent = await edge.AgentAsync();
        await using var tls = await DialAsync(edge);
        await AskAsync(tls, Request());

        await tls.WriteAsync("POST /mcp HTTP/1.1\r\n\r\n"u8.ToArray());

        (await ReadToEndAsync(tls)).ShouldBeEmpty();
        agent.Opened.ShouldBeEmpty();
    }

    [Fact]
    public async Task Connect_AuthorityArchived_CutsWhoCameByIt()
    {
        await using var edge = RunningEdge.Start(feed: Feed());
        await using var agent = await edge.AgentAsync();
        await using var tls = await DialAsync(edge);
        await AskAsync(tls, Request());
        await tls.WriteAsync(Hello);
        await ReadAsync(tls, Hello.Length);

        edge.Use(Feeds.Of(Feeds.Tunnel()));

        (await ReadToEndAsync(tls)).ShouldBeEmpty();
        await Eventually.UntilAsync(() => agent.Mux.OpenStreams == 0, TestContext.Current.CancellationToken);
    }

    [Theory] // decided by the snapshot that holds when the relay begins
    [InlineData(true, TunnelStatus.Active)]
    [InlineData(false, TunnelStatus.Paused)]
    public async Task Connect_ForbiddenBetweenThe200AndTheHello_IsCut(bool isAuthorityArchived, string status)
    {
        await using var edge = RunningEdge.Start(feed: Feed());
        await using var agent = await edge.AgentAsync();
        await using var tls = await DialAsync(edge);
        (await AskAsync(tls, Request())).ShouldStartWith("HTTP/1.1 200 ");

        edge.Use(isAuthorityArchived ? Feeds.Of(Feeds.Tunnel()) : Feed(status));
        await tls.WriteAsync(Hello);

        (await ReadToEndAsync(tls)).ShouldBeEmpty();
        await Eventually.UntilAsync(() => agent.Mux.OpenStreams == 0, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Connect_NoRequestInTime_IsClosed()
    {
        var time = new FakeTimeProvider();
        await using var edge = RunningEdge.Start(feed: Feed(), time: time);
        await using var tls = await DialAsync(edge);
        await tls.WriteAsync("CONNECT "u8.ToArray());
        var reading = ReadToEndAsync(tls);

        // Until its timer exists and fires.
        await Eventually.UntilAsync(
            () => reading.IsCompleted,
            TestContext.Current.CancellationToken,
            () => time.Advance(TimeSpan.FromSeconds(1))
        );

        (await reading).ShouldBeEmpty();
    }

    [Fact]
    public async Task Connect_HalfClose_TravelsAsOne()
    {
        await using var edge = RunningEdge.Start(feed: Feed());
        await using var agent = await edge.AgentAsync(serve: async stream =>
        {
            await stream.Output.WriteAsync("seen"u8.ToArray());
            await stream.Input.CopyToAsync(Stream.Null);
            await stream.Output.WriteAsync("bye"u8.ToArray());
        });
        await using var tls = await DialAsync(edge);
        await AskAsync(tls, Request());
        await tls.WriteAsync(Hello);
        await ReadAsync(tls, 4);

        await tls.ShutdownAsync();

        (await ReadToEndAsync(tls)).ShouldBe("bye"u8.ToArray());
    }

    private async Task ShouldBeUnavailableAsync(EdgeFeed feed, string reason, bool withAgent = false)
    {
        await using var edge = RunningEdge.Start(feed: feed);
        await using var agent = withAgent ? await edge.AgentAsync() : null;
        await using var tls = await DialAsync(edge);

        var answer = await AskAsync(tls, Request());

        answer.ShouldStartWith($"HTTP/1.1 503 Service Unavailable\r\nX-Culvert-Reason: {reason}\r\nRetry-After: 5\r\n");
    }

    private EdgeFeed Feed(string status = TunnelStatus.Active, string[]? ranges = null) =>
        Feeds.Of(Feeds.Tunnel(status: status, clients: ranges, authorities: [clients.Authority()]));

    private static string Request(string name = Name) => $"CONNECT {name}:443 HTTP/1.1\r\nHost: {name}:443\r\n\r\n";

    private Task<SslStream> DialAsync(RunningEdge edge) => DialAsync(edge, clients.Chain(clients.Client()));

    private static async Task<SslStream> DialAsync(RunningEdge edge, SslClientChain? client)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(edge.Connect);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificateContext = client?.Context,
                CertificateChainPolicy = edge.Platform.Trust.ChainPolicy(TimeProvider.System.GetUtcNow()),
                ApplicationProtocols = [SslApplicationProtocol.Http11],
            }
        );
        return tls;
    }

    private static async Task<string> AskAsync(SslStream tls, string request)
    {
        await tls.WriteAsync(Encoding.ASCII.GetBytes(request));
        var all = new StringBuilder();
        var buffer = new byte[4096];
        while (!all.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await ReadSomeAsync(tls, buffer);
            if (read == 0)
            {
                break;
            }

            all.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return all.ToString();
    }

    private static async Task ReadAsync(SslStream tls, int count) =>
        await tls.ReadExactlyAsync(new byte[count]).AsTask().WaitAsync(Eventually.Limit);

    private static async Task<byte[]> ReadToEndAsync(SslStream tls)
    {
        using var all = new MemoryStream();
        var buffer = new byte[4096];
        while (await ReadSomeAsync(tls, buffer) is > 0 and var read)
        {
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    /// <summary>A reset counts as an end.</summary>
    private static async Task<int> ReadSomeAsync(SslStream tls, byte[] buffer)
    {
        try
        {
            return await tls.ReadAsync(buffer).AsTask().WaitAsync(Eventually.Limit);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
