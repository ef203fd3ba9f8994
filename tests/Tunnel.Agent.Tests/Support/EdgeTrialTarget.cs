using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Testing.Proxies;
using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>An edge as far as the agent's first bytes: TLS with both certificates, then it keeps and acknowledges what comes.</summary>
internal sealed class EdgeTrialTarget : ITrialTarget
{
    public const string EdgeId = "edge_01aaaaaaaaaaaaaaaaaaaaaa";
    public const string OtherId = "edge_01bbbbbbbbbbbbbbbbbbbbbb";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<string> seen = [];
    private readonly SslStreamCertificateContext certificate;
    private readonly Task accepting;

    public EdgeTrialTarget(X509Certificate2 leaf, X509Certificate2 issuing)
    {
        certificate = SslStreamCertificateContext.Create(leaf, [issuing], offline: true);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public IEnumerable<string> Seen => seen;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            using var client = await listener.AcceptTcpClientAsync(stop.Token);
            try
            {
                await ServeAsync(client.GetStream());
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // The agent refused us.
            }
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate,
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls13,
                ApplicationProtocols = [new SslApplicationProtocol(TunnelProtocol.Alpn)],
                RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
            },
            stop.Token
        );
        var buffer = new byte[4096];
        var count = await tls.ReadAsync(buffer, stop.Token);
        if (count > 0)
        {
            seen.Enqueue(Encoding.Latin1.GetString(buffer, 0, count));
            await tls.WriteAsync(buffer.AsMemory(0, 1), stop.Token);
        }
    }
}
