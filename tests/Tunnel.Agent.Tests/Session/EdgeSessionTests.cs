using System.Net;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Agent.Tests.Session;

/// <summary>W13: an outer connection ends without a client noticing, if the client lets it.</summary>
public sealed class EdgeSessionTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drain_IdleHttp1Connection_AnswersOnceMoreAndCloses()
    {
        await using var upstream = RawUpstream.Answering(Ok);
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        await using var client = new RawClient(await tunnel.ConnectAsync());
        var request = $"GET / HTTP/1.1\r\nHost: {Support.Tunnel.Host}\r\n\r\n";
        var (before, _) = await client.CallAsync(request);
        before.ShouldNotContain("Connection: close");

        tunnel.Session.Drain(ConnectionErrorCode.Shutdown, TimeSpan.FromSeconds(30), "test");
        var (after, body) = await client.CallAsync(request);

        after.ShouldContain("\r\nConnection: close\r\n");
        body.ShouldBe("ok");
        (await client.Stream.ReadAsync(new byte[1], Token)).ShouldBe(0);
        await client.DisposeAsync();
        await tunnel.Session.Completion.WaitAsync(Eventually.Limit, Token);
    }

    [Fact]
    public async Task Drain_RunningHttp2Stream_IsFinished()
    {
        var proceed = new TaskCompletionSource();
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"u8.ToArray(), token);
                await proceed.Task.WaitAsync(token);
                await stream.WriteAsync("ok"u8.ToArray(), token);
                return true;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client(version: HttpVersion.Version20);
        using var running = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Token);

        tunnel.Session.Drain(ConnectionErrorCode.Shutdown, TimeSpan.FromSeconds(30), "test");
        proceed.SetResult();

        (await running.Content.ReadAsStringAsync(Token)).ShouldBe("ok");
        await tunnel.Session.Completion.WaitAsync(Eventually.Limit, Token);
    }

    [Fact]
    public async Task Drain_StreamBeyondTheDrainTime_IsCut()
    {
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"u8.ToArray(), token);
                await Never.RespondAsync(token);
                return true;
            }
        );
        await using var tunnel = await Support.Tunnel.StartAsync(upstream.Port);
        using var client = tunnel.Client();
        using var running = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead, Token);

        tunnel.Session.Drain(ConnectionErrorCode.Shutdown, TimeSpan.FromMilliseconds(1), "test");

        await tunnel.Session.Completion.WaitAsync(Eventually.Limit, Token);
        await Should.ThrowAsync<HttpRequestException>(() => running.Content.ReadAsStringAsync(Token));
    }
}
