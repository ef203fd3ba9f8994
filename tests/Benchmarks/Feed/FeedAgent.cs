using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Feed;

/// <summary>
/// One simulated agent: one mTLS connection on the machine port, with its own HTTP/1.1, so that ten thousand agents fit
/// on the server's machine. While it waits it holds no buffer.
/// </summary>
internal sealed class FeedAgent : IAsyncDisposable
{
    private const int MaxAnswer = 1024 * 1024;

    private readonly SslStream stream;
    private readonly string host;
    private string query = "";

    private FeedAgent(SslStream stream, string host) => (this.stream, this.host) = (stream, host);

    public static async Task<FeedAgent> ConnectAsync(
        LoadTarget target,
        SslStreamCertificateContext certificate,
        CancellationToken cancellationToken
    )
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target.ConnectTo, cancellationToken);
            var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(target.Roots);
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = target.Host,
                    CertificateChainPolicy = policy,
                    ClientCertificateContext = certificate,
                },
                cancellationToken
            );
            return new FeedAgent(
                stream,
                string.Create(CultureInfo.InvariantCulture, $"{target.Host}:{target.ConnectTo.Port}")
            );
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Asks for what is beyond what it has, and takes it over as the agent does.</summary>
    public async Task<FeedAnswer> PollAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        var request = string.Create(
            CultureInfo.InvariantCulture,
            $"GET /v1/agent/feed?wait={(int)wait.TotalSeconds}s{query} HTTP/1.1\r\nHost: {host}\r\n\r\n"
        );
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
        _ = await stream.ReadAsync(Memory<byte>.Empty, cancellationToken); // until there is something
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            var count = 0;
            while (true)
            {
                if (count == buffer.Length)
                {
                    buffer = Grow(buffer);
                }

                var read = await stream.ReadAsync(buffer.AsMemory(count), cancellationToken);
                count += read > 0 ? read : throw new IOException("The server closed the connection.");
                if (TryRead(buffer.AsSpan(0, count)) is { } answer)
                {
                    return answer;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private static byte[] Grow(byte[] buffer)
    {
        if (buffer.Length >= MaxAnswer)
        {
            throw new IOException("The answer is too long.");
        }

        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    // Null = not all is there yet.
    private FeedAnswer? TryRead(ReadOnlySpan<byte> text)
    {
        var headEnd = text.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
        {
            return null;
        }

        var status = (int)Number(text[9..]);
        if (status == 204)
        {
            return new FeedAnswer(status, null);
        }

        var length = (int)Number(After(text[..headEnd], "Content-Length: "u8));
        var body = text[(headEnd + 4)..];
        if (body.Length < length)
        {
            return null;
        }

        if (status != 200)
        {
            throw new IOException($"The feed was refused with {status}: {Encoding.UTF8.GetString(body[..length])}");
        }

        var digest = After(body, "\"digest\":\""u8);
        query = string.Create(
            CultureInfo.InvariantCulture,
            $"&since={Number(After(body, "\"revision\":"u8))}&held={Encoding.ASCII.GetString(digest[..digest.IndexOf((byte)'"')])}"
        );
        return new FeedAnswer(
            status,
            Number(After(body, "\"trust_bundle\":{\"epoch\":"u8)),
            CountObjects(body, "\"off_boarded\":["u8)
        );
    }

    // Of a list of flat objects; 0 without the list.
    private static int CountObjects(ReadOnlySpan<byte> text, ReadOnlySpan<byte> mark)
    {
        if (text.IndexOf(mark) is not (>= 0 and var at))
        {
            return 0;
        }

        var list = text[at..];
        return list[..list.IndexOf((byte)']')].Count((byte)'{');
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> text, ReadOnlySpan<byte> mark) =>
        text.IndexOf(mark) is var at and >= 0
            ? text[(at + mark.Length)..]
            : throw new IOException($"The answer has no {Encoding.ASCII.GetString(mark)}.");

    private static long Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long value, out _)
            ? value
            : throw new IOException("The server's answer is not as we know it.");
}
