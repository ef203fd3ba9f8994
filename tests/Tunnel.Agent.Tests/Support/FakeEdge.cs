using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Tunnel.Protocol;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Options;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>The side that an agent dials: real TCP and TLS, a real multiplexer, and errors on demand.</summary>
internal sealed class FakeEdge : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly KeyAndCertificate certificate;
    private readonly string alpn;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> tasks = [];
    private readonly Channel<FakeEdgeConnection> accepted = Channel.CreateUnbounded<FakeEdgeConnection>();
    private readonly Task accepting;

    public FakeEdge(string id, KeyAndCertificate certificate, string alpn = TunnelProtocol.Alpn)
    {
        Id = id;
        this.certificate = certificate;
        this.alpn = alpn;
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Id { get; }

    public string Address => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>Connections so far, whatever became of them.</summary>
    public int Dialled => tasks.Count;

    public AgentFeedEdge Feed => new(Id: Id, Name: Id, Addresses: [Address]);

    /// <summary>The next connection that an agent has made.</summary>
    public async Task<FakeEdgeConnection> NextAsync() =>
        await accepted.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Eventually.Limit);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(tasks);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stop.Token);
                tasks.Add(ServeAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped, during an accept or between two.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate.Context,
                    ClientCertificateRequired = true,
                    EnabledSslProtocols = SslProtocols.Tls13,
                    ApplicationProtocols = [new SslApplicationProtocol(alpn)],
                    RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
                    AllowTlsResume = false,
                },
                stop.Token
            );
            var serial = CertificateNames.Serial(new X509Certificate2(tls.RemoteCertificate!));
            await using var mux = new MuxConnection(
                tls,
                MuxRole.Edge,
                new MuxOptions { InstanceId = Id },
                TimeProvider.System
            );
            accepted.Writer.TryWrite(new FakeEdgeConnection(mux, serial));
            await mux.RunAsync(stop.Token);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException)
        {
            // The agent refused us, or the test is over.
        }
    }
}
