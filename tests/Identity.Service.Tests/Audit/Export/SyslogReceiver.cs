using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Testing;

namespace Culvert.Identity.Service.Tests.Audit.Export;

/// <summary>A syslog server (RFC 5425) on loopback: it keeps what it reads to the end, and closes in turn.</summary>
internal sealed class SyslogReceiver : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<string> messages = new();
    private readonly SslStreamCertificateContext certificate;
    private readonly Task running;

    public SyslogReceiver(X509Certificate2 leaf, X509Certificate2 issuing)
    {
        certificate = SslStreamCertificateContext.Create(leaf, [issuing], offline: true);
        listener.Start();
        running = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Messages without their frames, in the order of arrival.</summary>
    public IReadOnlyList<string> Messages => [.. messages];

    /// <summary>Breaks each connection instead of closing it, once it has read to the end.</summary>
    public bool Breaks { get; set; }

    /// <summary>Never closes.</summary>
    public bool Hangs { get; set; }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            using var socket = await listener.AcceptSocketAsync(stop.Token);
            try
            {
                await ServeAsync(socket);
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                // The client did not like the certificate.
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var way = new NetworkStream(socket);
        await using var tls = new SslStream(way);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificateContext = certificate },
            stop.Token
        );
        using var all = new MemoryStream();
        await tls.CopyToAsync(all, stop.Token);
        foreach (var message in Unframe(all.ToArray()))
        {
            messages.Enqueue(message);
        }

        if (Breaks)
        {
            socket.LingerState = new LingerOption(true, 0); // close then is a reset
            socket.Close();
            return;
        }

        if (Hangs)
        {
            await Never.RespondAsync(stop.Token);
        }

        await tls.ShutdownAsync();
    }

    // RFC 5425 §4.3: MSG-LEN SP SYSLOG-MSG.
    private static IEnumerable<string> Unframe(byte[] all)
    {
        for (var at = 0; at < all.Length; )
        {
            var space = Array.IndexOf(all, (byte)' ', at);
            var length = int.Parse(Encoding.ASCII.GetString(all, at, space - at), CultureInfo.InvariantCulture);
            yield return Encoding.UTF8.GetString(all, space + 1, length);
            at = space + 1 + length;
        }
    }
}
