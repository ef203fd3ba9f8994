using System.Net;
using System.Security.Cryptography;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

/// <summary>P1–P3, P10, L7: bodies in both directions, as they come, and both kinds of early end.</summary>
public sealed class ForwarderStreamTests
{
    private const string EventHead =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Forward_Events_LeaveOneByOneAsTheyArrive(int httpVersion)
    {
        // The upstream sends nothing further before the client has proved that it got the last thing.
        var proceed = new SemaphoreSlim(0);
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(EventHead), token);
                for (var i = 0; i < 5; i++)
                {
                    await proceed.WaitAsync(token);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"9\r\ndata: {i}\n\n\r\n"), token);
                }

                await proceed.WaitAsync(token);
                await stream.WriteAsync("0\r\n\r\n"u8.ToArray(), token);
                return true;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client(version: new Version(httpVersion, httpVersion == 1 ? 1 : 0));

        using var response = await client.GetAsync("/mcp", HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        var buffer = new byte[9];
        for (var i = 0; i < 5; i++)
        {
            proceed.Release();
            await body.ReadExactlyAsync(buffer, Token);
            Encoding.ASCII.GetString(buffer).ShouldBe($"data: {i}\n\n");
        }

        proceed.Release();
        (await body.ReadAsync(buffer, Token)).ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Forward_ClientLeaves_UpstreamSocketCloses(int httpVersion)
    {
        var upstreamSawEnd = new TaskCompletionSource();
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(EventHead + "5\r\n: hi\n\r\n"), token);
                try
                {
                    while (await stream.ReadAsync(new byte[1], token) > 0) { }
                }
                catch (IOException)
                {
                    // A reset is an end as well.
                }

                upstreamSawEnd.SetResult();
                return false;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client(version: new Version(httpVersion, httpVersion == 1 ? 1 : 0));
        var response = await client.GetAsync("/mcp", HttpCompletionOption.ResponseHeadersRead, Token);
        var body = await response.Content.ReadAsStreamAsync(Token);
        await body.ReadExactlyAsync(new byte[5], Token);

        response.Dispose();

        await upstreamSawEnd.Task.WaitAsync(Eventually.Limit, Token);
    }

    [Fact]
    public async Task Forward_ClientHalfCloses_UpstreamSocketCloses()
    {
        // What a TCP FIN without close_notify looks like from here: no more input, the way back still open.
        var upstreamSawEnd = new TaskCompletionSource();
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(EventHead), token);
                await stream.CopyToAsync(Stream.Null, token);
                upstreamSawEnd.SetResult();
                return false;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        var raw = tunnel.OpenStream();
        var tls = new System.Net.Security.SslStream(new StreamOverPipes(raw.Input, raw.Output));
        await tls.AuthenticateAsClientAsync(tunnel.TlsOptions(Support.Tunnel.Host), Token);
        var client = new RawClient(tls);
        await client.SendAsync($"GET /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n");
        await client.ReadHeadAsync();

        await raw.Output.CompleteAsync();

        await upstreamSawEnd.Task.WaitAsync(Eventually.Limit, Token);
        await raw.DisposeAsync();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nonly this\r\n")]
    public async Task Forward_UpstreamBreaksOff_ClientSeesAnIncompleteAnswer(string partial)
    {
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(partial), token);
                return false;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Token);

        await Should.ThrowAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task Forward_UpstreamEndsByClosing_ClientSeesACleanEnd()
    {
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\nall of it"u8.ToArray(), token);
                return false;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();

        (await client.GetStringAsync("/", Token)).ShouldBe("all of it");
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(2, false)]
    public async Task Forward_LargeBodies_ArriveWhole(int httpVersion, bool chunked)
    {
        const int Bytes = 8 * 1024 * 1024;
        var payload = new byte[Bytes];
        new Random(7).NextBytes(payload);
        await using var upstream = RawUpstream.Scripted(
            async (request, stream, token) =>
            {
                await stream.WriteAsync(
                    Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {request.Body.Length}\r\n\r\n"),
                    token
                );
                await stream.WriteAsync(request.Body, token);
                return true;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client(version: new Version(httpVersion, httpVersion == 1 ? 1 : 0));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp") { Content = new ByteArrayContent(payload) };
        request.Headers.TransferEncodingChunked = chunked && httpVersion == 1;

        using var response = await client.SendAsync(request, Token);

        var back = await response.Content.ReadAsByteArrayAsync(Token);
        SHA256.HashData(back).ShouldBe(SHA256.HashData(payload));
    }

    [Fact]
    public async Task Forward_SlowReader_HoldsTheUpstreamBack()
    {
        var sent = 0L;
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"u8.ToArray(), token);
                var chunk = new byte[64 * 1024];
                while (true)
                {
                    await stream.WriteAsync(chunk, token);
                    Interlocked.Add(ref sent, chunk.Length);
                }
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();

        using var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Token);
        await Eventually.UntilAsync(() => Interlocked.Read(ref sent) > 0, Token);
        await Eventually.SettlesAsync(() => Interlocked.Read(ref sent), Token);

        // Window (1 MiB), socket buffers on loopback (up to 10 MiB together) and a few pipes: far from the gigabyte.
        Interlocked.Read(ref sent).ShouldBeLessThan(32 * 1024 * 1024);
    }

    [Fact]
    public async Task Forward_RequestBody_StreamsBeforeItIsComplete()
    {
        // RawUpstream reads whole bodies, so a bare socket shows when the first bytes arrive.
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var tunnel = await Support.Tunnel.StartAsync(((IPEndPoint)listener.LocalEndpoint).Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());

        await client.SendAsync(
            $"POST /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n"
        );
        using var socket = await listener.AcceptSocketAsync(Token);
        var seen = new StringBuilder();
        var buffer = new byte[4096];
        while (!seen.ToString().Contains("first", StringComparison.Ordinal))
        {
            var count = await socket.ReceiveAsync(buffer, Token);
            count.ShouldBeGreaterThan(0);
            seen.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
    }

    [Theory]
    [InlineData("Content-Length: 11\r\n\r\nhello world")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n")]
    public async Task Forward_BodyOverTheLimit_Is413(string headAndBody)
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port, s => s with { MaxRequestBytes = 10 });
        await using var client = new RawClient(await tunnel.ConnectAsync());

        var (head, _) = await client.CallAsync($"POST /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n{headAndBody}");

        head.ShouldStartWith("HTTP/1.1 413 ");
        head.ShouldContain("culvert-reason: agent.request_too_large\r\n");
    }

    [Theory]
    [InlineData("Content-Length: 10\r\n\r\nhello worl")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\na\r\nhello worl\r\n0\r\n\r\n")]
    public async Task Forward_BodyAtTheLimit_Passes(string headAndBody)
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port, s => s with { MaxRequestBytes = 10 });
        await using var client = new RawClient(await tunnel.ConnectAsync());

        var (head, _) = await client.CallAsync($"POST /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n{headAndBody}");

        head.ShouldStartWith("HTTP/1.1 200 ");
    }

    [Theory]
    [InlineData("Content-Length: 2\r\n\r\n{}")]
    [InlineData("Content-Length: 0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")]
    public async Task Forward_PostOnAConnectionThatDies_IsNotRepeated(string headAndBody)
    {
        // The second request meets a pooled connection that takes it and dies: repeating could run a call twice (P10).
        var requests = 0;
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                if (Interlocked.Increment(ref requests) != 1)
                {
                    return false;
                }

                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), token);
                return true;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());
        var request = $"POST /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n{headAndBody}";
        await client.CallAsync(request);

        var (head, _) = await client.CallAsync(request);

        head.ShouldStartWith("HTTP/1.1 502 ");
        head.ShouldContain("culvert-reason: upstream.closed\r\n");
        requests.ShouldBe(2);
    }
}
