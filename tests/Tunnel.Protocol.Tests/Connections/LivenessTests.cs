using Culvert.Testing;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Connections;

/// <summary>W4, and the stalled write of W5.</summary>
public sealed class LivenessTests
{
    [Fact]
    public async Task Tick_FiveSecondsOfSilence_SendsOnePing()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        peer.Time.Advance(TimeSpan.FromSeconds(4));
        peer.Time.Advance(TimeSpan.FromSeconds(1));
        peer.Time.Advance(TimeSpan.FromSeconds(3));
        (await peer.SyncAsync()).ShouldHaveSingleItem().Type.ShouldBe(Bytes.Ping);
    }

    [Fact]
    public async Task Tick_PingAnswered_MeasuresTheRoundTrip()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        peer.Time.Advance(TimeSpan.FromSeconds(5));
        var ping = await peer.ReadAsync(Bytes.Ping);
        peer.Time.Advance(TimeSpan.FromMilliseconds(40));
        await peer.SendAsync(Bytes.Pong, 0, ping.Payload);
        await peer.SendAsync(Bytes.Ping, 0, new byte[8]);
        await peer.ReadAsync(Bytes.Pong); // what came before has been handled
        peer.Connection.RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(40));
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public async Task Tick_NoByteAfterPing_EndsWithIdle(int seconds, bool dead)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        peer.Time.Advance(TimeSpan.FromSeconds(5));
        await peer.ReadAsync(Bytes.Ping);
        peer.Time.Advance(TimeSpan.FromSeconds(seconds));
        if (dead)
        {
            await peer.ShouldEndAsync(ConnectionErrorCode.Idle);
        }
        else
        {
            peer.Connection.Outcome.ShouldBeNull();
        }
    }

    [Fact] // ticks and bytes keep different time: once this was noticed a second late
    public async Task Tick_LastByteBetweenTwoTicks_EndsWithinFifteenSeconds()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        peer.Time.Advance(TimeSpan.FromMilliseconds(300));
        await peer.SendAsync(0x80, 0);
        await peer.SendAsync(Bytes.Ping, 0, new byte[8]);
        await peer.ReadAsync(Bytes.Pong);
        peer.Time.Advance(TimeSpan.FromMilliseconds(700));
        for (var second = 1; second < 14; second++)
        {
            peer.Time.Advance(TimeSpan.FromSeconds(1));
            peer.Connection.Outcome.ShouldBeNull();
        }

        peer.Time.Advance(TimeSpan.FromSeconds(1));
        await peer.ShouldEndAsync(ConnectionErrorCode.Idle);
    }

    [Fact]
    public async Task Tick_OpenUnanswered_AsksSoonAndIsOverdueUntilAByteComes()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        peer.Time.Advance(TimeSpan.FromMilliseconds(1));
        peer.Connection.Open(Samples.Open);
        peer.Time.Advance(TimeSpan.FromSeconds(2));
        await peer.ReadAsync(Bytes.Ping);
        peer.Connection.IsOverdue.ShouldBeFalse();
        peer.Time.Advance(TimeSpan.FromSeconds(1));
        peer.Connection.IsOverdue.ShouldBeTrue();

        await peer.SendAsync(Bytes.Ping, 0, new byte[8]);
        await peer.ReadAsync(Bytes.Pong);
        peer.Connection.IsOverdue.ShouldBeFalse();
    }

    [Fact]
    public async Task Tick_AnyFrameAfterPing_CountsAsLife()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        for (var i = 0; i < 6; i++)
        {
            peer.Time.Advance(TimeSpan.FromSeconds(9));
            await peer.SendAsync(0x80, 0);
            await peer.SyncAsync();
        }

        peer.Connection.Outcome.ShouldBeNull();
    }

    [Fact]
    public async Task Receive_Ping_IsAnsweredWithItsBytes()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        await peer.SendAsync(Bytes.Ping, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        var pong = await peer.ReadAsync();
        pong.Type.ShouldBe(Bytes.Pong);
        pong.Payload.ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
    }

    [Fact]
    public async Task Receive_PongNobodyAskedFor_IsIgnored()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        await peer.SendAsync(Bytes.Pong, 0, new byte[8]);
        await peer.SyncAsync();
        peer.Connection.RoundTrip.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task Receive_ElevenPingsInASecond_EndsWithProtocol()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        for (var i = 0; i < 11; i++)
        {
            await peer.SendAsync(Bytes.Ping, 0, new byte[8]);
        }

        await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
    }

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public async Task Tick_WriteWithoutProgress_EndsWithIdle(int seconds, bool over)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(
            MuxRole.Agent,
            o => o with { PingAfter = TimeSpan.FromHours(1) },
            capacity: 4096
        );
        var stream = await peer.OpenAsync();
        await stream.Output.WriteAsync(new byte[60_000]); // more than the wire takes; the peer does not read
        await WaitForStallAsync(peer);
        peer.Time.Advance(TimeSpan.FromSeconds(seconds));
        (peer.Connection.Outcome?.Code == ConnectionErrorCode.Idle).ShouldBe(over);
    }

    [Fact] // a peer of a few KiB a second takes minutes for what one write hands down
    public async Task Tick_WriteThatThePeerTakesSlowly_EndsOnlyWhenItStops()
    {
        var taken = 0L;
        await using var peer = await ScriptedPeer.ConnectAsync(
            MuxRole.Agent,
            o => o with { PingAfter = TimeSpan.FromHours(1), BytesTaken = () => taken },
            capacity: 4096
        );
        var stream = await peer.OpenAsync();
        await stream.Output.WriteAsync(new byte[60_000]);
        await WaitForStallAsync(peer);
        for (var i = 0; i < 5; i++)
        {
            taken++;
            peer.Time.Advance(TimeSpan.FromSeconds(29));
            peer.Connection.Outcome.ShouldBeNull();
        }

        peer.Time.Advance(TimeSpan.FromSeconds(30));
        (peer.Connection.Outcome?.Code).ShouldBe(ConnectionErrorCode.Idle);
    }

    /// <summary>Until the write loop has run into the full wire: its clock starts then.</summary>
    private static Task WaitForStallAsync(ScriptedPeer peer) =>
        Eventually.UntilAsync(() => peer.Connection.BytesSent >= 60_000, TestContext.Current.CancellationToken);
}
