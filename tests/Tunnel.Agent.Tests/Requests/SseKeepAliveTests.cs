using System.IO.Pipelines;
using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Requests;

/// <summary>P2: comments keep a silent stream of events alive, never inside an event and never in anything else.</summary>
public sealed class SseKeepAliveTests
{
    private const string EventHead =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(25);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", true)]
    [InlineData("data: 1\n\n", true)]
    [InlineData("data: 1\r\n\r\n", true)]
    [InlineData("data: 1\n\r\n", true)]
    [InlineData("data: 1\r\r\n", true)]
    [InlineData("data: 1\r\n\n", true)]
    [InlineData("data: 1\n", false)]
    [InlineData("data: 1\r\n", false)]
    [InlineData("data: 1\r\n\r", false)]
    [InlineData("data: 1\r\r", false)]
    [InlineData("data: 1", false)]
    [InlineData("data: 1\n\ndata", false)]
    public void IsBetweenEvents_IsTrueBehindAnEmptyLineAlone(string passed, bool expected)
    {
        var whole = new SseKeepAlive(TimeProvider.System).For(Silence, PipeWriter.Create(Stream.Null), Token);
        var split = new SseKeepAlive(TimeProvider.System).For(Silence, PipeWriter.Create(Stream.Null), Token);

        whole.Passed(Encoding.ASCII.GetBytes(passed));
        foreach (var value in Encoding.ASCII.GetBytes(passed))
        {
            split.Passed([value]);
        }

        whole.IsBetweenEvents.ShouldBe(expected);
        split.IsBetweenEvents.ShouldBe(expected);
    }

    [Fact]
    public async Task Forward_SilentStream_GetsCommentsBetweenEventsAlone()
    {
        var time = new FakeTimeProvider();
        var proceed = new SemaphoreSlim(0);
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(EventHead + "9\r\ndata: 1\n\n\r\n"), token);
                await proceed.WaitAsync(token);
                await stream.WriteAsync(Encoding.ASCII.GetBytes("5\r\ndata:\r\n"), token);
                await proceed.WaitAsync(token);
                await stream.WriteAsync(Encoding.ASCII.GetBytes("4\r\n 2\n\n\r\n0\r\n\r\n"), token);
                return true;
            }
        );
        await using var tunnel = await StartAsync(upstream.Port, time, Silence);
        using var client = tunnel.Client();
        using var response = await client.GetAsync("/mcp", HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        (await ReadAsync(body, 9)).ShouldBe("data: 1\n\n");

        var comment = ReadAsync(body, 14);
        await Eventually.UntilAsync(() => comment.IsCompleted, Token, () => time.Advance(Silence));
        (await comment).ShouldBe(": keep-alive\n\n");

        proceed.Release();
        var half = await ReadPastCommentsAsync(body, 5);
        time.Advance(Silence * 3);
        proceed.Release();
        (half + await ReadAsync(body, 4)).ShouldBe("data: 2\n\n");
        (await body.ReadAsync(new byte[1], Token)).ShouldBe(0);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    )]
    [InlineData("HTTP/1.1 404 No\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public async Task Forward_WhatIsNoPlainStreamOfEvents_GetsNone(string head)
    {
        var time = new FakeTimeProvider();
        var proceed = new SemaphoreSlim(0);
        await using var upstream = RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head + "2\r\n\n\n\r\n"), token);
                await proceed.WaitAsync(token);
                await stream.WriteAsync(Encoding.ASCII.GetBytes("2\r\nok\r\n0\r\n\r\n"), token);
                return true;
            }
        );
        await using var tunnel = await StartAsync(upstream.Port, time, Silence);
        using var client = tunnel.Client();
        using var response = await client.GetAsync("/mcp", HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        await ReadAsync(body, 2);

        time.Advance(Silence * 3);
        proceed.Release();

        (await ReadAsync(body, 2)).ShouldBe("ok");
    }

    private static async Task<Support.Tunnel> StartAsync(int port, TimeProvider time, TimeSpan silence)
    {
        var tunnel = new Support.Tunnel(time: time);
        var month = TimeSpan.FromDays(30);
        tunnel.Add(
            "docs",
            port,
            RouteAccess.Open(OauthMode.Passthrough),
            s =>
                s with
                {
                    SseKeepAlive = silence,
                    Timeouts = new UpstreamTimeouts(TimeSpan.FromSeconds(5), month, month),
                }
        );
        await tunnel.StartAsync();
        return tunnel;
    }

    private static async Task<string> ReadPastCommentsAsync(Stream body, int count)
    {
        while (true)
        {
            var text = await ReadAsync(body, count);
            if (text[0] != ':')
            {
                return text;
            }

            await ReadAsync(body, 14 - count);
        }
    }

    private static async Task<string> ReadAsync(Stream body, int count)
    {
        var buffer = new byte[count];
        await body.ReadExactlyAsync(buffer, Token);
        return Encoding.ASCII.GetString(buffer);
    }
}
