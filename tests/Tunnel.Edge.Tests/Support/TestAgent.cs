using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Culvert.Platform.Certificates;
using Culvert.Tunnel.Protocol;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Streams;

namespace Culvert.Tunnel.Edge.Tests.Support;

/// <summary>A minimal agent: real outer mTLS, real multiplexer, and a handler per stream.</summary>
internal sealed class TestAgent : IAsyncDisposable
{
    private readonly Func<MuxStream, Task> serve;

    private readonly Stream transport;

    private TestAgent(Stream transport, MuxConnection mux, Func<MuxStream, Task> serve)
    {
        this.transport = transport;
        this.serve = serve;
        Mux = mux;
        Run = mux.RunAsync(CancellationToken.None);
        _ = AcceptAsync();
    }

    public MuxConnection Mux { get; }

    public Task Run { get; }

    /// <summary>What the edge said about each stream.</summary>
    public ConcurrentQueue<OpenPayload> Opened { get; } = [];

    public static async Task<TestAgent> DialAsync(
        RunningEdge edge,
        KeyAndCertificate certificate,
        Func<MuxStream, Task>? serve = null,
        MuxOptions? options = null
    )
    {
        return Over(await AuthenticateAsync(edge, certificate), serve, options);
    }

    /// <summary>Continues after the handshake: sends HELLO and serves.</summary>
    public static TestAgent Over(SslStream tls, Func<MuxStream, Task>? serve = null, MuxOptions? options = null)
    {
        var mux = new MuxConnection(
            tls,
            MuxRole.Agent,
            options ?? new MuxOptions { InstanceId = "a1" },
            TimeProvider.System
        );
        return new TestAgent(tls, mux, serve ?? EchoAsync);
    }

    public static async Task<SslStream> AuthenticateAsync(
        RunningEdge edge,
        KeyAndCertificate? certificate,
        string? alpn = TunnelProtocol.Alpn,
        SslProtocols protocols = SslProtocols.Tls13,
        IPEndPoint? by = null
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(by ?? edge.Agents);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = protocols,
                ApplicationProtocols = alpn is null ? null : [new SslApplicationProtocol(alpn)],
                ClientCertificateContext = certificate?.Context,
                RemoteCertificateValidationCallback = (_, leaf, chain, _) =>
                    new PeerVerifier(edge.Platform.Trust)
                        .Verify(
                            leaf as System.Security.Cryptography.X509Certificates.X509Certificate2,
                            chain,
                            PeerRole.EdgeServer,
                            TimeProvider.System.GetUtcNow()
                        )
                        .IsAccepted,
            }
        );
        return tls;
    }

    /// <summary>Closes without GOAWAY, as a killed process does.</summary>
    public void Kill() => transport.Dispose();

    public async ValueTask DisposeAsync() => await Mux.DisposeAsync();

    public static async Task EchoAsync(MuxStream stream) => await stream.Input.CopyToAsync(stream.Output);

    private async Task AcceptAsync()
    {
        while (await Mux.AcceptAsync(CancellationToken.None) is { } stream)
        {
            Opened.Enqueue(stream.Open);
            _ = ServeAsync(stream);
        }
    }

    private async Task ServeAsync(MuxStream stream)
    {
        try
        {
            await serve(stream);
        }
        catch (Exception e) when (e is MuxStreamException or OperationCanceledException)
        {
            // the client is gone
        }

        await stream.DisposeAsync();
    }
}
