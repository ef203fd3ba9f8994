using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>
/// An HTTP/1.1 server on a bare socket: it records every byte of a request and answers exactly what the test says,
/// valid or not.
/// </summary>
internal sealed class RawUpstream : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly Func<RecordedRequest, Stream, CancellationToken, Task<bool>> answer;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> connections = [];
    private readonly Channel<RecordedRequest> requests = Channel.CreateUnbounded<RecordedRequest>();
    private readonly Task accepting;

    private readonly KeyAndCertificate? certificate;
    private readonly Action<string>? shown;
    private int accepted;

    private RawUpstream(
        Func<RecordedRequest, Stream, CancellationToken, Task<bool>> answer,
        KeyAndCertificate? certificate = null,
        Action<string>? shown = null,
        EndPoint? at = null
    )
    {
        this.shown = shown;
        this.answer = answer;
        this.certificate = certificate;
        at ??= new IPEndPoint(IPAddress.Loopback, 0);
        listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(at);
        listener.Listen();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    public int Connections => Volatile.Read(ref accepted);

    /// <summary>Answers every request with the same bytes, keeping the connection.</summary>
    public static RawUpstream Answering(string response) => new(Fixed(response));

    public static RawUpstream AnsweringOverTls(string response, KeyAndCertificate certificate) =>
        new(Fixed(response), certificate);

    /// <summary>The callback writes the answer; it returns whether to keep the connection.</summary>
    public static RawUpstream Scripted(Func<RecordedRequest, Stream, CancellationToken, Task<bool>> answer) =>
        new(answer);

    /// <summary>The same at a Unix socket; it has no port.</summary>
    public static RawUpstream ScriptedAt(
        string socketPath,
        Func<RecordedRequest, Stream, CancellationToken, Task<bool>> answer
    ) => new(answer, at: new UnixDomainSocketEndPoint(socketPath));

    /// <param name="answer">As above.</param>
    /// <param name="certificate">The server's.</param>
    /// <param name="shown">Told the serial of each client's certificate; empty where it shows none.</param>
    public static RawUpstream ScriptedOverTls(
        Func<RecordedRequest, Stream, CancellationToken, Task<bool>> answer,
        KeyAndCertificate certificate,
        Action<string>? shown = null
    ) => new(answer, certificate, shown);

    /// <summary>The next request received.</summary>
    public ValueTask<RecordedRequest> NextAsync() => requests.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested)
        {
            return; // a test ended it before
        }

        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        await Task.WhenAll(connections);
        stop.Dispose();
    }

    private static Func<RecordedRequest, Stream, CancellationToken, Task<bool>> Fixed(string response) =>
        async (_, stream, token) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(response), token);
            return true;
        };

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(stop.Token);
                Interlocked.Increment(ref accepted); // before its first answer can be out
                connections.Add(ServeAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped, during an accept or between two.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var network = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var stream = await SecureAsync(network);
            while (await ReadRequestAsync(stream) is { } request)
            {
                requests.Writer.TryWrite(request);
                if (!await answer(request, stream, stop.Token))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or AuthenticationException)
        {
            // The peer left or the test is over.
        }
    }

    // Any certificate will do, and none: the test compares what was shown.
    private bool IsNoted(X509Certificate? client)
    {
        var serial = client?.GetSerialNumberString() ?? "";
        shown?.Invoke(serial.ToLowerInvariant());
        return client is null || serial.Length > 0;
    }

    private async Task<Stream> SecureAsync(Stream network)
    {
        if (certificate is null)
        {
            return network;
        }

        var tls = new SslStream(network);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate.Context,
                ClientCertificateRequired = shown is not null,
                RemoteCertificateValidationCallback = (_, client, _, _) => IsNoted(client),
            },
            stop.Token
        );
        return tls;
    }

    private async Task<RecordedRequest?> ReadRequestAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stop.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        var request = new RecordedRequest(head.ToString(), []);
        if (request.Header("Content-Length") is [var length])
        {
            var body = new byte[int.Parse(length, CultureInfo.InvariantCulture)];
            await stream.ReadExactlyAsync(body, stop.Token);
            return request with { Body = body };
        }

        return request.Header("Transfer-Encoding") is ["chunked"]
            ? request with
            {
                Body = await ReadChunksAsync(stream),
            }
            : request;
    }

    private async Task<byte[]> ReadChunksAsync(Stream stream)
    {
        var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse(await ReadLineAsync(stream), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var chunk = new byte[size];
            await stream.ReadExactlyAsync(chunk, stop.Token);
            await ReadLineAsync(stream);
            if (size == 0)
            {
                return body.ToArray();
            }

            body.Write(chunk);
        }
    }

    private async Task<string> ReadLineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, stop.Token);
            line.Append((char)one[0]);
        }

        return line.ToString()[..^2];
    }
}
