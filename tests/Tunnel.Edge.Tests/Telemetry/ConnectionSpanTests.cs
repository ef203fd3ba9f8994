using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Culvert.Platform.Telemetry;
using Culvert.Testing;
using Culvert.Testing.Spans;
using Culvert.Tunnel.Edge.Tests.Support;

namespace Culvert.Tunnel.Edge.Tests.Telemetry;

/// <summary>A span for each client's connection, at a collector; and none without one.</summary>
public sealed class ConnectionSpanTests
{
    private const string Name = "docs." + TestPlatform.Domain;
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Span = "b7ad6b7169203331";
    private static readonly byte[] Hello = Hellos.Build(Hellos.ServerName(Name));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sni_ConnectionEnds_SaysWhereItWentAndHowMuch()
    {
        await using var collector = await SpanCollector.StartAsync();
        using (var traces = Start(collector))
        {
            await using var edge = RunningEdge.Start(traces: traces);
            await using var agent = await edge.AgentAsync();
            using var client = await edge.ConnectAsync();
            await client.SendAsync(Hello);
            await ReadAsync(client, Hello.Length); // echoed
            client.Shutdown(SocketShutdown.Send);
            await RunningEdge.ReadToEndAsync(client);
            await Eventually.UntilAsync(() => edge.Server.Clients == 0, Token);
        }

        var sent = await collector.SpanAsync(_ => true, Token);
        sent.ShouldSatisfyAllConditions(
            () => sent.Name.ShouldBe("connection"),
            () => sent.ParentId.ShouldBe(""),
            () => sent.Attributes["culvert.ingress"].ShouldBe("sni"),
            () => sent.Attributes["culvert.tunnel_id"].ShouldBe(TestPlatform.TunnelId),
            () => sent.Attributes["culvert.instance_id"].ShouldBe("a1"),
            () => sent.Attributes["culvert.connection_id"].ShouldBe("c1"),
            () => sent.Attributes["culvert.outcome"].ShouldBe("relayed"),
            () => sent.Attributes["culvert.bytes_from_client"].ShouldBe($"{Hello.Length}"),
            () => sent.Attributes["culvert.bytes_to_client"].ShouldBe($"{Hello.Length}"),
            () => sent.Attributes.Keys.ShouldContain("culvert.placed_ms"),
            () => sent.Attributes.Keys.ShouldNotContain(key => key == "error.type")
        );
        collector.Spans.Count.ShouldBe(1);
        collector.Raw.ShouldNotContain(Name);
        collector.Raw.ShouldNotMatch(@"127\.0\.0\.1");
    }

    [Fact]
    public async Task Sni_NoAgent_IsRefusedAndSaysWhy()
    {
        await using var collector = await SpanCollector.StartAsync();
        using (var traces = Start(collector))
        {
            await using var edge = RunningEdge.Start(traces: traces);
            await edge.ExchangeAsync(Hello);
            await Eventually.UntilAsync(() => edge.Server.Clients == 0, Token);
        }

        var sent = await collector.SpanAsync(_ => true, Token);
        sent.Attributes["culvert.outcome"].ShouldBe("refused");
        sent.Attributes["error.type"].ShouldBe("NoAgent");
        sent.Attributes["culvert.tunnel_id"].ShouldBe(TestPlatform.TunnelId);
        sent.Attributes.Keys.ShouldNotContain("culvert.instance_id");
    }

    [Fact]
    public async Task Sni_TunnelIsPaused_IsCut()
    {
        await using var collector = await SpanCollector.StartAsync();
        using (var traces = Start(collector))
        {
            await using var edge = RunningEdge.Start(traces: traces);
            await using var agent = await edge.AgentAsync();
            using var client = await edge.ConnectAsync();
            await client.SendAsync(Hello);
            await ReadAsync(client, Hello.Length);
            edge.Use(Feeds.Of(Feeds.Tunnel(status: "paused")));
            await RunningEdge.ReadToEndAsync(client);
            await Eventually.UntilAsync(() => edge.Server.Clients == 0, Token);
        }

        var sent = await collector.SpanAsync(_ => true, Token);
        sent.Attributes["culvert.outcome"].ShouldBe("cut");
        sent.Attributes["error.type"].ShouldBe("cut");
    }

    [Fact]
    public async Task Connect_RequestNamesATrace_IsAChildOfIt()
    {
        var sent = await ConnectAsync($"traceparent: 00-{Trace}-{Span}-01\r\ntracestate: a=1\r\n");

        sent.TraceId.ShouldBe(Trace);
        sent.ParentId.ShouldBe(Span);
        sent.State.ShouldBe("a=1");
        sent.Attributes["culvert.ingress"].ShouldBe("connect");
        sent.Attributes["culvert.outcome"].ShouldBe("relayed");
    }

    [Fact]
    public async Task Connect_RequestNamesNone_BeginsATrace()
    {
        var sent = await ConnectAsync("traceparent: any thing\r\n");

        sent.ParentId.ShouldBe("");
        sent.Attributes["culvert.outcome"].ShouldBe("relayed");
    }

    [Fact] // a stranger does not write into the traces of others
    public async Task Connect_RefusedClientNamesATrace_IsNoPartOfIt()
    {
        var sent = await ConnectAsync($"traceparent: 00-{Trace}-{Span}-01\r\n", isProven: false);

        sent.TraceId.ShouldNotBe(Trace);
        sent.Attributes["culvert.outcome"].ShouldBe("refused");
        sent.Attributes.Keys.ShouldNotContain("culvert.tunnel_id");
    }

    private static async Task<CollectedSpan> ConnectAsync(string headers, bool isProven = true)
    {
        var clients = new ClientCertificates();
        await using var collector = await SpanCollector.StartAsync();
        using (var traces = Start(collector))
        {
            await using var edge = RunningEdge.Start(
                feed: Feeds.Of(Feeds.Tunnel(authorities: [clients.Authority()])),
                traces: traces
            );
            await using var agent = await edge.AgentAsync();
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(edge.Connect);
            await using (var tls = new SslStream(new NetworkStream(socket)))
            {
                await tls.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = "localhost",
                        ClientCertificateContext = isProven ? clients.Chain(clients.Client()).Context : null,
                        CertificateChainPolicy = edge.Platform.Trust.ChainPolicy(TimeProvider.System.GetUtcNow()),
                        ApplicationProtocols = [SslApplicationProtocol.Http11],
                    },
                    Token
                );
                await tls.WriteAsync(
                    Encoding.ASCII.GetBytes($"CONNECT {Name}:443 HTTP/1.1\r\nHost: {Name}:443\r\n{headers}\r\n"),
                    Token
                );
                if (isProven)
                {
                    await tls.ReadExactlyAsync(new byte["HTTP/1.1 200 Connection established\r\n\r\n".Length], Token);
                    await tls.WriteAsync(Hello, Token);
                    await tls.ReadExactlyAsync(new byte[Hello.Length], Token);
                    await tls.ShutdownAsync();
                }

                while (await tls.ReadAsync(new byte[1024], Token) > 0) { }
            }

            await Eventually.UntilAsync(() => edge.Server.Clients == 0, Token);
        }

        return await collector.SpanAsync(_ => true, Token);
    }

    private static async Task ReadAsync(Socket socket, int count)
    {
        var buffer = new byte[count];
        for (var read = 0; read < count; )
        {
            var more = await socket.ReceiveAsync(buffer.AsMemory(read), Token);
            more.ShouldBeGreaterThan(0);
            read += more;
        }
    }

    private static Traces Start(SpanCollector collector) =>
        Traces.Start(
            new TelemetryOptions { Endpoint = collector.Endpoint },
            "test",
            $"Culvert.Test.{Path.GetRandomFileName()}"
        );
}
