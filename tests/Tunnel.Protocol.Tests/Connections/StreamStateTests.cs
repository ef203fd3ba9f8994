using System.Buffers;
using Culvert.Testing;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Streams;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Connections;

/// <summary>W11: every cell of the tables in <c>StreamState</c> and <c>ClosedStreams</c>, seen from the agent.</summary>
public sealed class StreamStateTests
{
    private const string Open = "open";
    private const string HalfClosedLocal = "half-closed local";
    private const string HalfClosedRemote = "half-closed remote";
    private const string Finished = "finished";
    private const string ResetLocally = "reset locally";
    private const string ResetByPeer = "reset by peer";

    public static TheoryData<string, int, bool> Received =>
        new()
        {
            { Open, Bytes.Data, true },
            { Open, Bytes.Fin, true },
            { Open, Bytes.Rst, true },
            { Open, Bytes.Window, true },
            { HalfClosedLocal, Bytes.Data, true },
            { HalfClosedLocal, Bytes.Fin, true },
            { HalfClosedLocal, Bytes.Rst, true },
            { HalfClosedLocal, Bytes.Window, true },
            { HalfClosedRemote, Bytes.Data, false },
            { HalfClosedRemote, Bytes.Fin, false },
            { HalfClosedRemote, Bytes.Rst, true },
            { HalfClosedRemote, Bytes.Window, true },
            { Finished, Bytes.Data, false },
            { Finished, Bytes.Fin, false },
            { Finished, Bytes.Rst, true },
            { Finished, Bytes.Window, true },
            { ResetLocally, Bytes.Data, true },
            { ResetLocally, Bytes.Fin, true },
            { ResetLocally, Bytes.Rst, true },
            { ResetLocally, Bytes.Window, true },
            { ResetByPeer, Bytes.Data, false },
            { ResetByPeer, Bytes.Fin, false },
            { ResetByPeer, Bytes.Rst, false },
            { ResetByPeer, Bytes.Window, true },
        };

    [Theory]
    [MemberData(nameof(Received))]
    public async Task Receive_FrameInState_IsTakenOrEndsWithProtocol(string state, int type, bool taken)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        await InStateAsync(peer, state);
        await SendAsync(peer, type);
        if (taken)
        {
            (await peer.SyncAsync()).ShouldNotContain(f => f.Type == Bytes.Rst); // an RST is never answered by RST
            peer.Connection.Outcome.ShouldBeNull();
        }
        else
        {
            await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
        }
    }

    [Theory]
    [InlineData(Open)]
    [InlineData(HalfClosedRemote)]
    public async Task Write_WhileOurSideIsOpen_SendsData(string state)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await InStateAsync(peer, state);
        await stream.Output.WriteAsync("hello"u8.ToArray());
        var data = await peer.ReadAsync();
        data.Type.ShouldBe(Bytes.Data);
        data.Stream.ShouldBe(1u);
        data.Payload.ShouldBe("hello"u8.ToArray());
    }

    [Theory]
    [InlineData(HalfClosedLocal, typeof(InvalidOperationException))]
    [InlineData(ResetLocally, typeof(MuxStreamException))]
    [InlineData(ResetByPeer, typeof(MuxStreamException))]
    public async Task Write_AfterOurSideEnded_Throws(string state, Type exception)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await InStateAsync(peer, state);
        await Should.ThrowAsync(async () => await stream.Output.WriteAsync(new byte[1]), exception);
    }

    [Theory]
    [InlineData(Open, 1)]
    [InlineData(HalfClosedLocal, 0)]
    [InlineData(HalfClosedRemote, 1)]
    [InlineData(Finished, 0)]
    [InlineData(ResetLocally, 0)]
    [InlineData(ResetByPeer, 0)]
    public async Task Complete_InState_SendsOneFinAtMost(string state, int fins)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await InStateAsync(peer, state);
        await stream.Output.CompleteAsync();
        await stream.Output.CompleteAsync();
        (await peer.SyncAsync()).Count(f => f.Type == Bytes.Fin).ShouldBe(fins);
    }

    [Theory]
    [InlineData(Open, 1)]
    [InlineData(HalfClosedLocal, 1)]
    [InlineData(HalfClosedRemote, 1)]
    [InlineData(Finished, 0)]
    [InlineData(ResetLocally, 0)]
    [InlineData(ResetByPeer, 0)]
    public async Task Abort_InState_SendsOneRstUntilClosed(string state, int resets)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await InStateAsync(peer, state);
        stream.Abort(StreamErrorCode.UpstreamGone);
        stream.Abort(StreamErrorCode.Internal);
        var rsts = (await peer.SyncAsync()).Where(f => f.Type == Bytes.Rst).ToList();
        rsts.Count.ShouldBe(resets);
        rsts.ShouldAllBe(f => f.Code == (int)StreamErrorCode.UpstreamGone);
    }

    [Fact]
    public async Task Fin_FromThePeer_CompletesTheReaderAfterTheData()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await peer.OpenAsync();
        var reading = Samples.ReadToEndAsync(stream.Input);
        await peer.SendAsync(Bytes.Data, 1, 1, 2, 3);
        await peer.SendAsync(Bytes.Fin, 1);
        (await reading.WaitAsync(Eventually.Limit)).ShouldBe([1, 2, 3]);
        stream.InputEnded.IsCancellationRequested.ShouldBeTrue();
        stream.Closed.IsCancellationRequested.ShouldBeFalse();
    }

    [Theory]
    [InlineData(StreamErrorCode.Refused, true)]
    [InlineData(StreamErrorCode.NoRoute, false)]
    [InlineData(StreamErrorCode.Limit, false)]
    [InlineData(StreamErrorCode.Cancelled, false)]
    public async Task Rst_FromThePeer_FailsBothDirections(StreamErrorCode code, bool mayReopen)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        var stream = peer.Connection.Open(Samples.Open);
        var reading = stream.Input.ReadAsync().AsTask();
        await peer.SendAsync(Bytes.Rst, 1, Bytes.U16((int)code));
        var failure = await Should.ThrowAsync<MuxStreamException>(reading);
        failure.End.ShouldBe(StreamEnd.ResetByPeer);
        failure.Code.ShouldBe(code);
        failure.MayReopen.ShouldBe(mayReopen);
        stream.Answered.ShouldBeFalse();
        await Should.ThrowAsync<MuxStreamException>(async () => await stream.Output.WriteAsync(new byte[1]));
        stream.Closed.IsCancellationRequested.ShouldBeTrue();
        stream.InputEnded.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task Rst_WhileBytesAreUnread_FailsTheReadThatFollowsClosed()
    {
        for (var round = 0; round < 200; round++)
        {
            await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
            var stream = await peer.OpenAsync();
            await peer.SendAsync(Bytes.Data, 1, 1, 2, 3);
            await peer.SyncAsync();
            var closed = stream.Closed;
            var reading = Task.Run(() =>
            {
                SpinWait.SpinUntil(() => closed.IsCancellationRequested, Eventually.Limit).ShouldBeTrue();
                Should.Throw<MuxStreamException>(() => stream.Input.TryRead(out _));
            });
            await peer.SendAsync(Bytes.Rst, 1, Bytes.U16((int)StreamErrorCode.Cancelled));
            await reading;
        }
    }

    [Fact]
    public async Task Run_TransportEnds_FailsOpenStreams()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Edge);
        var stream = peer.Connection.Open(Samples.Open);
        var reading = stream.Input.ReadAsync().AsTask();
        await peer.CloseWireAsync();
        var failure = await Should.ThrowAsync<MuxStreamException>(reading);
        failure.End.ShouldBe(StreamEnd.ConnectionLost);
        failure.MayReopen.ShouldBeTrue();
    }

    [Fact]
    public async Task Complete_WithException_ResetsTheStream()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await peer.OpenAsync();
        await stream.Output.CompleteAsync(new IOException("upstream broke"));
        (await peer.ReadAsync()).Code.ShouldBe((int)StreamErrorCode.Cancelled);
    }

    [Fact]
    public async Task Complete_WithUnflushedBytes_SendsThemBeforeFin()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await peer.OpenAsync();
        stream.Output.Write("last"u8);
        await stream.Output.CompleteAsync();
        (await peer.ReadAsync()).Payload.ShouldBe("last"u8.ToArray());
        (await peer.ReadAsync()).Type.ShouldBe(Bytes.Fin);
    }

    /// <summary>After so many later streams a closed one is forgotten: frames for it are dropped, whatever they are.</summary>
    [Theory]
    [InlineData(1023, false)]
    [InlineData(1024, true)]
    public async Task Receive_DataForAStreamFinishedLongAgo_IsDropped(int later, bool taken)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        for (var id = 1u; id <= later + 1; id++)
        {
            await peer.SendAsync(Bytes.Open, id, Bytes.OpenPayload());
            await using var stream = await peer.AcceptAsync();
            await peer.SendAsync(Bytes.Rst, id, 0, 4);
            await Should.ThrowAsync<MuxStreamException>(async () => await stream.Input.ReadAsync());
        }

        await peer.SendAsync(Bytes.Data, 1, 1);
        if (taken)
        {
            await peer.SyncAsync();
        }
        else
        {
            await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
        }
    }

    private static async Task<MuxStream> InStateAsync(ScriptedPeer peer, string state)
    {
        var stream = await peer.OpenAsync();
        if (state is HalfClosedLocal or Finished)
        {
            await stream.Output.CompleteAsync();
        }

        if (state is HalfClosedRemote or Finished)
        {
            await SendAsync(peer, Bytes.Fin);
        }

        if (state == ResetLocally)
        {
            stream.Abort(StreamErrorCode.Cancelled);
        }

        if (state == ResetByPeer)
        {
            await SendAsync(peer, Bytes.Rst);
        }

        await peer.SyncAsync();
        return stream;
    }

    private static Task SendAsync(ScriptedPeer peer, int type) =>
        type switch
        {
            Bytes.Data => peer.SendAsync(type, 1, 1, 2, 3),
            Bytes.Fin => peer.SendAsync(type, 1),
            Bytes.Rst => peer.SendAsync(type, 1, 0, 4),
            _ => peer.SendAsync(type, 1, 0, 0, 0, 9),
        };
}
