using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Culvert.Testing.Proxies;

namespace Culvert.Testing;

/// <summary>A real CONNECT proxy on loopback that wants credentials, unless told otherwise.</summary>
public sealed class ConnectProxy : IAsyncDisposable
{
    public const string UserName = "agent";
    public const string Password = "open sesame: ä";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentBag<Task> tasks = [];
    private readonly ConcurrentQueue<string> targets = [];
    private readonly ConcurrentQueue<ProxyRecord> records = [];
    private readonly Task accepting;

    public ConnectProxy()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Url =>
        new($"{(Certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>With which it speaks TLS itself; it must be for 127.0.0.1. Null = it does not.</summary>
    public SslStreamCertificateContext? Certificate { get; init; }

    /// <summary>Whether it keeps all that its clients say, as it reads it: below its own TLS.</summary>
    public bool IsRecording { get; init; }

    /// <summary>One for each connection, in order.</summary>
    public IReadOnlyCollection<ProxyRecord> Records => records;

    /// <summary>What it does in place of the target, after it has agreed to connect; null = it connects to the target.</summary>
    public Func<Stream, CancellationToken, Task>? Impostor { get; init; }

    /// <summary>The targets requested with the right credentials, in order.</summary>
    public IReadOnlyCollection<string> Targets => targets;

    /// <summary>Requests without, or with other, credentials.</summary>
    public int Denied { get; private set; }

    /// <summary>Whether it requires no credentials.</summary>
    public bool Open { get; init; }

    /// <summary>
    /// The loopback port that it always connects to, whatever the request; null = the requested target.
    /// </summary>
    public int? Target { get; init; }

    /// <summary>What it cannot connect to.</summary>
    public string? Unreachable { get; init; }

    /// <summary>Said instead of an answer.</summary>
    public string? Answer { get; set; }

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
                tasks.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // As asked.
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        try
        {
            await using var stream = await OpenAsync(client.GetStream());
            var head = await ReadHeadAsync(stream);
            if (Answer is { } answer)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), stop.Token);
                return;
            }

            var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{UserName}:{Password}"));
            if (!Open && !head.Contains($"Proxy-Authorization: Basic {basic}\r\n", StringComparison.Ordinal))
            {
                Denied++;
                await stream.WriteAsync("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop.Token);
                return;
            }

            var target = head.Split(' ')[1];
            targets.Enqueue(target);
            if (target == Unreachable)
            {
                await stream.WriteAsync("HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop.Token);
                return;
            }

            if (Impostor is { } impostor)
            {
                await stream.WriteAsync("HTTP/1.1 200 Go\r\n\r\n"u8.ToArray(), stop.Token);
                await impostor(stream, stop.Token);
                return;
            }

            using var upstream = new TcpClient();
            var colon = target.LastIndexOf(':');
            await upstream.ConnectAsync(
                Target is null ? target[..colon].Trim('[', ']') : IPAddress.Loopback.ToString(),
                Target ?? int.Parse(target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture),
                stop.Token
            );
            await stream.WriteAsync("HTTP/1.1 200 Go\r\nVia: test\r\n\r\n"u8.ToArray(), stop.Token);
            var there = stream.CopyToAsync(upstream.GetStream(), stop.Token);
            var back = upstream.GetStream().CopyToAsync(stream, stop.Token);
            await Task.WhenAny(there, back);
        }
        catch (Exception e)
            when (e is IOException or SocketException or OperationCanceledException or AuthenticationException)
        {
            // Either side left, or did not trust the other.
        }
    }

    private async Task<Stream> OpenAsync(Stream stream)
    {
        if (Certificate is not null)
        {
            var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificateContext = Certificate },
                stop.Token
            );
            stream = tls;
        }

        if (!IsRecording)
        {
            return stream;
        }

        var record = new ProxyRecord();
        records.Enqueue(record);
        return new RecordedStream(stream, record);
    }

    private async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stop.Token) == 0)
            {
                throw new IOException("gone");
            }

            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
