using Culvert.Testing;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Lifetime;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Connections;

/// <summary>W12, W13.</summary>
public sealed class GoAwayTests
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task GoAway_OfAnAgent_NamesTheLastStreamHandedOut()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        await peer.OpenAsync(1);
        await peer.SendAsync(Bytes.Open, 2, Bytes.OpenPayload()); // waits for an AcceptAsync
        await peer.SyncAsync();
        peer.Connection.GoAway(ConnectionErrorCode.Shutdown, Drain, "stopping");

        var goAway = await peer.ReadAsync();
        goAway.Type.ShouldBe(Bytes.GoAway);
        goAway.Stream.ShouldBe(1u);
        goAway.Payload.ShouldBe([1, 5, 0, 0, 0x75, 0x30, .. "stopping"u8]);
        var refused = await peer.ReadAsync();
        refused.Type.ShouldBe(Bytes.Rst);
        refused.Stream.ShouldBe(2u);
        refused.Code.ShouldBe((int)StreamErrorCode.Refused);
        (await peer.Connection.AcceptAsync(CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task GoAway_WhileAWriteIsUnderWay_IsReadBeforeWhatItRefuses()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(
            MuxRole.Agent,
            hello: Bytes.HelloPayload(window: 1024 * 1024),
            capacity: 2048
        );
        var stream = await peer.OpenAsync(1);
        await peer.SendAsync(Bytes.Open, 2, Bytes.OpenPayload()); // waits for an AcceptAsync
        await peer.SyncAsync();
        await stream.Output.WriteAsync(new byte[8 * 1024]); // more than the wire holds: its write waits
        peer.Connection.GoAway(ConnectionErrorCode.Shutdown, Drain, "stopping");

        List<RawFrame> frames = [];
        do
        {
            frames.Add(await peer.ReadAsync());
        } while (frames[^1].Type != Bytes.Rst);

        frames.ShouldContain(frame => frame.Type == Bytes.GoAway);
    }

    [Fact]
    public async Task Open_AfterTheAgentsGoAway_IsRefused()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        await peer.OpenAsync(1);
        peer.Connection.GoAway(ConnectionErrorCode.Shutdown, Drain, "");
        await peer.SendAsync(Bytes.Open, 2, Bytes.OpenPayload());
        var refused = await peer.ReadAsync(Bytes.Rst);
        refused.Stream.ShouldBe(2u);
        refused.Code.ShouldBe((int)StreamErrorCode.Refused);
    }

    [Fact]
    public async Task GoAway_OfAnEdge_CarriesStreamZeroAndOpensNoMore()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        peer.Connection.Open(Samples.Open);
        peer.Connection.GoAway(ConnectionErrorCode.Shutdown, Drain, "");
        (await peer.ReadAsync(Bytes.GoAway)).Stream.ShouldBe(0u);
        peer.Connection.TryOpen(Samples.Open, out _).ShouldBeFalse();
        peer.Connection.AcceptsStreams.ShouldBeFalse();
    }

    [Fact]
    public async Task GoAway_LastStreamCloses_EndsTheConnection()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await peer.OpenAsync(1);
        peer.Connection.GoAway(ConnectionErrorCode.Shutdown, Drain, "");
        await peer.ReadAsync(Bytes.GoAway);
        peer.Connection.Outcome.ShouldBeNull();
        await peer.SendAsync(Bytes.Fin, 1);
        await stream.Output.CompleteAsync();
        (await peer.ReadAsync()).Type.ShouldBe(Bytes.Fin);
        await peer.ShouldEndAsync(ConnectionErrorCode.Shutdown);
    }

    [Theory]
    [InlineData(29, false)]
    [InlineData(30, true)]
    public async Task GoAway_DrainTimeOver_ResetsWhatIsLeft(int seconds, bool over)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(
            MuxRole.Agent,
            o => o with { PingAfter = TimeSpan.FromHours(1) }
        );
        await peer.OpenAsync(1);
        peer.Connection.GoAway(ConnectionErrorCode.Shutdown, Drain, "");
        await peer.ReadAsync(Bytes.GoAway);
        peer.Time.Advance(TimeSpan.FromSeconds(seconds));
        if (over)
        {
            (await peer.ReadAsync(Bytes.Rst)).Code.ShouldBe((int)StreamErrorCode.Cancelled);
            await peer.ShouldEndAsync(ConnectionErrorCode.Shutdown);
        }
        else
        {
            peer.Connection.Outcome.ShouldBeNull();
        }
    }

    [Fact]
    public async Task GoAway_WithoutDrainTime_ResetsAndEndsAtOnce()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        var stream = peer.Connection.Open(Samples.Open);
        peer.Connection.GoAway(ConnectionErrorCode.Revoked, TimeSpan.Zero, "certificate revoked");
        var failure = await Should.ThrowAsync<MuxStreamException>(async () => await stream.Input.ReadAsync());
        failure.Code.ShouldBe(StreamErrorCode.Cancelled);
        await peer.ShouldEndAsync(ConnectionErrorCode.Revoked);
    }

    [Fact]
    public async Task GoAway_SecondTime_CountsOnlyIfSooner()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        await peer.OpenAsync(1);
        peer.Connection.GoAway(ConnectionErrorCode.Shutdown, Drain, "");
        peer.Connection.GoAway(ConnectionErrorCode.Superseded, TimeSpan.FromMinutes(5), "");
        (await peer.ReadAsync(Bytes.GoAway)).Code.ShouldBe((int)ConnectionErrorCode.Shutdown);
        peer.Connection.GoAway(ConnectionErrorCode.Revoked, TimeSpan.Zero, "");
        await peer.ShouldEndAsync(ConnectionErrorCode.Revoked);
    }

    [Fact]
    public async Task GoAway_PeerDoesNotClose_ClosesWithinASecond()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        peer.Connection.GoAway(ConnectionErrorCode.Revoked, TimeSpan.Zero, "");
        await peer.ReadAsync(Bytes.GoAway);

        // Until its timer exists and fires.
        await Eventually.UntilAsync(
            () => peer.Run.IsCompleted,
            TestContext.Current.CancellationToken,
            () => peer.Time.Advance(TimeSpan.FromMilliseconds(250))
        );

        (await peer.ReadOrEndAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Receive_GoAwayOfAnAgent_GivesUpTheStreamsItNeverStarted()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        var started = peer.Connection.Open(Samples.Open);
        var missed = peer.Connection.Open(Samples.Open);
        await peer.SendAsync(Bytes.GoAway, 1, 1, 5, 0, 0, 0x75, 0x30);
        var failure = await Should.ThrowAsync<MuxStreamException>(async () => await missed.Input.ReadAsync());
        failure.End.ShouldBe(StreamEnd.NotHandled);
        failure.MayReopen.ShouldBeTrue();
        (await peer.Connection.PeerGoAway).LastStream.ShouldBe(1u);
        peer.Connection.TryOpen(Samples.Open, out _).ShouldBeFalse();

        await peer.SendAsync(Bytes.Rst, 2, 0, 1); // the agent's RST(REFUSED) crosses
        await peer.SendAsync(Bytes.Data, 1, 7);
        (await Samples.TakeAsync(started.Input, 1)).ShouldBe([7]);
    }

    [Fact]
    public async Task Receive_GoAwayOfAnEdge_LetsOpenStreamsFinish()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await peer.OpenAsync(1);
        await peer.SendAsync(Bytes.GoAway, 0, 1, 5, 0, 0, 0x75, 0x30);
        (await peer.Connection.PeerGoAway).Drain.ShouldBe(Drain);
        await stream.Output.WriteAsync(new byte[1]);
        (await peer.ReadAsync()).Type.ShouldBe(Bytes.Data);
    }

    [Fact]
    public async Task Receive_GoAwayWithoutDrainTime_EndsByThePeer()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        await peer.SendAsync(Bytes.GoAway, 0, 1, 6, 0, 0, 0, 0, (byte)'x');
        (await peer.ReadOrEndAsync()).ShouldBeNull();
        await peer.Run.WaitAsync(Eventually.Limit);
        peer.Connection.Outcome.ShouldBe(new MuxOutcome(MuxEndedBy.Peer, ConnectionErrorCode.Revoked, "x"));
    }

    [Fact]
    public async Task Run_Cancelled_EndsWithShutdown()
    {
        var (left, right) = Culvert.Testing.DuplexStream.CreatePair();
        await using var connection = new MuxConnection(
            left,
            MuxRole.Agent,
            new MuxOptions { InstanceId = "a" },
            TimeProvider.System
        );
        using var stop = new CancellationTokenSource();
        var run = connection.RunAsync(stop.Token);
        await stop.CancelAsync();
        await Eventually.UntilAsync(() => connection.Outcome is not null, TestContext.Current.CancellationToken);

        await right.DisposeAsync();
        await run.WaitAsync(Eventually.Limit);
        connection.Outcome!.Code.ShouldBe(ConnectionErrorCode.Shutdown);
        Should.Throw<InvalidOperationException>(() => connection.RunAsync(CancellationToken.None));
    }
}
