using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.InnerTls;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Protocol.Frames;

namespace Culvert.Tunnel.Agent.Tests.InnerTls;

/// <summary>What a client sees of our end of its TLS, record by record.</summary>
public sealed class InnerTlsMiddlewareTests
{
    private const byte Alert = 21;
    private const byte ApplicationData = 23;
    private const int BodyBytes = 2 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Answer_LargeBody_LeavesInFullRecordsThatFitOneFrame(SslProtocols version)
    {
        var body = new string('x', BodyBytes);
        await using var upstream = RawUpstream.Answering(
            $"HTTP/1.1 200 OK\r\nContent-Length: {BodyBytes}\r\n\r\n{body}"
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        var (tap, client) = await ConnectAsync(tunnel, version);

        await client.SendAsync($"GET /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n");
        await client.ReadHeadAsync();
        await client.ReadBytesAsync(BodyBytes);

        var sizes = tap.Records.Where(r => r.Type == ApplicationData).Select(r => r.Length).ToList();
        sizes.Max().ShouldBeInRange(InnerTlsMiddleware.RecordBytes, TunnelProtocol.MaxDataBytes - 9 - 5);
    }

    [Fact]
    public async Task Answer_LastOfTheConnection_EndsWithCloseNotify()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        var (tap, client) = await ConnectAsync(tunnel, SslProtocols.Tls12); // 1.3 hides the type of a record

        await client.SendAsync($"GET /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\nConnection: close\r\n\r\n");
        (await ReadToEndAsync(client)).ShouldEndWith("ok");

        tap.Records[^1].Type.ShouldBe(Alert);
    }

    [Fact]
    public async Task Answer_BreaksOffAtTheUpstream_EndsWithoutCloseNotify()
    {
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"u8.ToArray(), token);
                return false;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        var (tap, client) = await ConnectAsync(tunnel, SslProtocols.Tls12);

        await client.SendAsync($"GET /mcp HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n");
        try
        {
            await ReadToEndAsync(client);
        }
        catch (IOException)
        {
            // Cut off is cut off.
        }

        tap.Records[^1].Type.ShouldBe(ApplicationData);
    }

    [Fact]
    public async Task Handshake_Stalls_EndsAfterTenSeconds()
    {
        var time = new FakeTimeProvider();
        await using var tunnel = new Support.Tunnel(time: time);
        tunnel.Add("docs", 1);
        await tunnel.StartAsync();
        await using var stream = tunnel.OpenStream();
        await stream.Output.WriteAsync(new byte[] { 22, 3, 1 }, Token); // a hello that never continues
        await Eventually.UntilAsync(() => time.PendingTimers > 0, Token); // the handshake's own clock runs

        time.Advance(TimeSpan.FromSeconds(9));
        stream.InputEnded.IsCancellationRequested.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));

        var ended = new TaskCompletionSource();
        await using var registration = stream.InputEnded.Register(ended.SetResult);
        await ended.Task.WaitAsync(Eventually.Limit, Token);
    }

    /// <summary>A drain met a connection in its handshake, asked it for its protocol, and failed (W13).</summary>
    [Fact]
    public async Task Close_DuringTheHandshake_EndsTheConnectionAfterIt()
    {
        var time = new FakeTimeProvider();
        await using var tunnel = new Support.Tunnel(time: time);
        tunnel.Add("docs", 1);
        await tunnel.StartAsync();
        var gate = new TaskCompletionSource();
        var raw = tunnel.OpenRaw();
        await using var tls = new SslStream(new GatedStream(raw, gate.Task));
        var handshake = tls.AuthenticateAsClientAsync(
            tunnel.TlsOptions(Support.Tunnel.Host, SslApplicationProtocol.Http2),
            Token
        );
        await Eventually.UntilAsync(() => time.PendingTimers > 0, Token); // the handshake has begun at the agent

        tunnel.Session.Close(TimeSpan.FromMinutes(1));
        gate.SetResult();
        await handshake;

        // HTTP/2 closes at once: settings, GOAWAY, and the end of the stream, without a wait for the drain time.
        await tls.CopyToAsync(Stream.Null, Token).WaitAsync(Eventually.Limit, Token);
    }

    private static async Task<string> ReadToEndAsync(RawClient client)
    {
        using var all = new MemoryStream();
        await client.Stream.CopyToAsync(all, Token);
        return Encoding.Latin1.GetString(all.ToArray());
    }

    private static async Task<(RecordTap Tap, RawClient Client)> ConnectAsync(
        Support.Tunnel tunnel,
        SslProtocols version
    )
    {
        var tap = new RecordTap(tunnel.OpenRaw());
        var tls = new SslStream(tap);
        var options = tunnel.TlsOptions(Support.Tunnel.Host);
        options.EnabledSslProtocols = version;
        await tls.AuthenticateAsClientAsync(options, Token);
        return (tap, new RawClient(tls));
    }
}
