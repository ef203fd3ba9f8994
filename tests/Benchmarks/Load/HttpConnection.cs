using System.Buffers.Text;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Culvert.Benchmarks.Load;

/// <summary>
/// One kept HTTP/1.1 connection over TLS that spends as little as it can: on two cores the client's work is taken from
/// the server's. It understands exactly what our servers send: a status, a length or chunks, no interim answers.
/// </summary>
internal sealed class HttpConnection : IAsyncDisposable
{
    private readonly SslStream stream;
    private readonly byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    private HttpConnection(SslStream stream) => this.stream = stream;

    public static async Task<HttpConnection> OpenAsync(LoadTarget target, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(target.NextSource(), 0));
            await socket.ConnectAsync(target.ConnectTo, cancellationToken);
            var carrier = new NetworkStream(socket, ownsSocket: true);
            var stream = new SslStream(
                target.IsWebSocket ? await UpgradeAsync(carrier, target, cancellationToken) : carrier
            );
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(target.Roots);
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = target.Host, CertificateChainPolicy = policy },
                cancellationToken
            );
            return new HttpConnection(stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> UpgradeAsync(
        Stream carrier,
        LoadTarget target,
        CancellationToken cancellationToken
    )
    {
        var webSocket = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(
            new SocketsHttpHandler { ConnectCallback = (_, _) => ValueTask.FromResult(carrier), UseProxy = false },
            disposeHandler: false // the connection is still the WebSocket's
        );
        await webSocket.ConnectAsync(new Uri($"ws://{target.ConnectTo}/"), invoker, cancellationToken);
        return WebSocketStream.Create(webSocket, WebSocketMessageType.Binary, ownsWebSocket: true);
    }

    /// <summary>Sends one complete request and reads the whole answer.</summary>
    /// <returns>The status code.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(request, cancellationToken);
        int headerEnd;
        while ((headerEnd = Pending.IndexOf("\r\n\r\n"u8)) < 0)
        {
            await FillAsync(cancellationToken);
        }

        var (status, length) = ParseHead(Pending[..(headerEnd + 2)]);
        start += headerEnd + 4;
        if (length is { } bytes)
        {
            await SkipAsync(bytes, cancellationToken);
        }
        else
        {
            await SkipChunksAsync(cancellationToken);
        }

        return status;
    }

    /// <summary>
    /// Sends a request and reads until a marker has been received: the first event of a stream that continues.
    /// </summary>
    public async ValueTask SendUntilAsync(
        ReadOnlyMemory<byte> request,
        ReadOnlyMemory<byte> marker,
        CancellationToken cancellationToken
    )
    {
        await stream.WriteAsync(request, cancellationToken);
        while (Pending.IndexOf(marker.Span) < 0)
        {
            await FillAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private Span<byte> Pending => buffer.AsSpan(start, end - start);

    private static (int Status, long? Length) ParseHead(ReadOnlySpan<byte> head)
    {
        // "HTTP/1.1 200 …"
        var status = (int)Number(head[9..]);
        foreach (var line in head.Split("\r\n"u8))
        {
            var text = head[line];
            if (text.Length > 15 && Ascii.EqualsIgnoreCase(text[..15], "content-length:"u8))
            {
                return (status, Number(text[15..].TrimStart((byte)' ')));
            }
        }

        return (status, null);
    }

    private static long Number(ReadOnlySpan<byte> text, char format = 'D') =>
        Utf8Parser.TryParse(text, out long value, out _, format)
            ? value
            : throw new IOException("The server's answer is not HTTP/1.1 as we know it.");

    private async ValueTask SkipChunksAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            int lineEnd;
            while ((lineEnd = Pending.IndexOf("\r\n"u8)) < 0)
            {
                await FillAsync(cancellationToken);
            }

            var size = Number(Pending[..lineEnd], 'x');
            start += lineEnd + 2;
            await SkipAsync(size + 2, cancellationToken);
            if (size == 0)
            {
                return;
            }
        }
    }

    private async ValueTask SkipAsync(long bytes, CancellationToken cancellationToken)
    {
        while (bytes > 0)
        {
            if (start == end)
            {
                await FillAsync(cancellationToken);
            }

            var step = (int)Math.Min(bytes, end - start);
            start += step;
            bytes -= step;
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (start > 0)
        {
            Pending.CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        var count = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
        end += count > 0 ? count : throw new IOException("The server closed the connection within an answer.");
    }
}
