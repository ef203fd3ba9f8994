using System.Buffers;
using Culvert.Testing;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Connections;

/// <summary>W2, with windows that do not grow.</summary>
public sealed class FlowControlTests
{
    private const int Window = 64 * 1024;

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Receive_DataUpToTheWindow_IsTaken(int beyond, bool taken)
    {
        await using var peer = await ConnectAsync();
        await peer.OpenAsync();
        for (var i = 0; i < Window / 16_384; i++)
        {
            await peer.SendAsync(Bytes.Data, 1, new byte[16_384]);
        }

        if (beyond > 0)
        {
            await peer.SendAsync(Bytes.Data, 1, new byte[beyond]);
        }

        if (taken)
        {
            (await peer.SyncAsync()).ShouldBeEmpty(); // the receiver has not read: no credit comes back
        }
        else
        {
            await peer.ShouldEndAsync(ConnectionErrorCode.FlowControl);
        }
    }

    [Theory]
    [InlineData((Window / 2) - 1, false)]
    [InlineData(Window / 2, true)]
    public async Task Advance_ByHalfAWindow_GivesCreditBack(int consumed, bool credited)
    {
        await using var peer = await ConnectAsync();
        var stream = await peer.OpenAsync();
        for (var left = Window / 2; left > 0; left -= 16_384)
        {
            await peer.SendAsync(Bytes.Data, 1, new byte[Math.Min(left, 16_384)]);
        }

        await Samples.TakeAsync(stream.Input, consumed);
        var windows = (await peer.SyncAsync()).Where(f => f.Type == Bytes.Window).ToList();
        windows.Select(f => f.Credit).ShouldBe(credited ? [(uint)consumed] : []);
    }

    [Fact]
    public async Task Advance_SenderHasLessThanAFrameLeft_GivesCreditBackEarly()
    {
        await using var peer = await ConnectAsync();
        var stream = await peer.OpenAsync();
        for (var left = Window - 16_383; left > 0; left -= 16_384)
        {
            await peer.SendAsync(Bytes.Data, 1, new byte[Math.Min(left, 16_384)]);
        }

        await peer.SyncAsync(); // all of it has arrived
        await Samples.TakeAsync(stream.Input, 1);
        (await peer.SyncAsync()).ShouldHaveSingleItem().Credit.ShouldBe(1u);
    }

    [Fact]
    public async Task Advance_AfterThePeersFin_GivesNoCredit()
    {
        await using var peer = await ConnectAsync();
        var stream = await peer.OpenAsync();
        await peer.SendAsync(Bytes.Data, 1, new byte[16_384]);
        await peer.SendAsync(Bytes.Data, 1, new byte[16_384]);
        await peer.SendAsync(Bytes.Fin, 1);
        await peer.SyncAsync();
        (await Samples.ReadToEndAsync(stream.Input)).Length.ShouldBe(Window / 2);
        (await peer.SyncAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Receive_CreditZero_EndsWithFlowControl()
    {
        await using var peer = await ConnectAsync();
        await peer.OpenAsync();
        await peer.SendAsync(Bytes.Window, 1, 0, 0, 0, 0);
        await peer.ShouldEndAsync(ConnectionErrorCode.FlowControl);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Receive_OutstandingCredit_IsAtMost16MiB(int beyond, bool taken)
    {
        await using var peer = await ConnectAsync();
        await peer.OpenAsync();
        await peer.SendAsync(Bytes.Window, 1, Bytes.U32((15 * 1024 * 1024) + beyond)); // on top of HELLO's 1 MiB
        if (taken)
        {
            await peer.SyncAsync();
        }
        else
        {
            await peer.ShouldEndAsync(ConnectionErrorCode.FlowControl);
        }
    }

    [Fact]
    public async Task Receive_CreditThatWouldWrapAround_EndsWithFlowControl()
    {
        await using var peer = await ConnectAsync();
        await peer.OpenAsync();
        await peer.SendAsync(Bytes.Window, 1, 0xff, 0xff, 0xff, 0xff);
        await peer.ShouldEndAsync(ConnectionErrorCode.FlowControl);
    }

    [Fact]
    public async Task Receive_WindowOnStreamZero_EndsWithProtocol() // W1
    {
        await using var peer = await ConnectAsync();
        await peer.SendAsync(Bytes.Window, 0, 0, 0, 0, 1);
        await peer.ShouldEndAsync(ConnectionErrorCode.Protocol);
    }

    [Fact]
    public async Task Write_BeyondThePeersCredit_WaitsForWindow()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent, hello: Bytes.HelloPayload(window: 10));
        var stream = await peer.OpenAsync();
        var writing = stream.Output.WriteAsync(new byte[25]).AsTask();
        (await peer.ReadAsync()).Payload.Length.ShouldBe(10);
        (await peer.SyncAsync()).ShouldBeEmpty();
        writing.IsCompleted.ShouldBeFalse();

        await peer.SendAsync(Bytes.Window, 1, 0, 0, 0, 5);
        (await peer.ReadAsync()).Payload.Length.ShouldBe(5);
        await peer.SendAsync(Bytes.Window, 1, 0, 0, 1, 0);
        (await peer.ReadAsync()).Payload.Length.ShouldBe(10);
        (await writing.WaitAsync(Eventually.Limit)).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Write_CancelledWhileWaiting_KeepsItsBytes()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent, hello: Bytes.HelloPayload(window: 1));
        var stream = await peer.OpenAsync();
        using var cancel = new CancellationTokenSource();
        var writing = stream.Output.WriteAsync("abc"u8.ToArray(), cancel.Token).AsTask();
        (await peer.ReadAsync()).Payload.ShouldBe("a"u8.ToArray());
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(writing);

        var second = stream.Output.WriteAsync("d"u8.ToArray()).AsTask();
        await peer.SendAsync(Bytes.Window, 1, 0, 0, 0, 9);
        (await peer.ReadAsync()).Payload.ShouldBe("bcd"u8.ToArray());
        await second.WaitAsync(Eventually.Limit);
    }

    [Fact]
    public async Task CancelPendingFlush_WhileWaiting_ReturnsCanceled()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent, hello: Bytes.HelloPayload(window: 0));
        var stream = await peer.OpenAsync();
        var writing = stream.Output.WriteAsync("abc"u8.ToArray()).AsTask();
        stream.Output.CancelPendingFlush();
        (await writing.WaitAsync(Eventually.Limit)).IsCanceled.ShouldBeTrue();
    }

    [Fact]
    public async Task Complete_WaitingForCredit_SendsFinBehindTheData()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent, hello: Bytes.HelloPayload(window: 0));
        var stream = await peer.OpenAsync();
        stream.Output.Write("abc"u8);
        await stream.Output.CompleteAsync();
        (await peer.SyncAsync()).ShouldBeEmpty();
        await peer.SendAsync(Bytes.Window, 1, 0, 0, 0, 3);
        (await peer.ReadAsync()).Payload.ShouldBe("abc"u8.ToArray());
        (await peer.ReadAsync()).Type.ShouldBe(Bytes.Fin);
    }

    [Fact]
    public async Task Receive_DataOnAStreamThatWeReset_CostsNothing()
    {
        await using var peer = await ConnectAsync();
        var stream = await peer.OpenAsync();
        stream.Abort(StreamErrorCode.Cancelled);
        for (var i = 0; i < 10; i++) // twice the window
        {
            await peer.SendAsync(Bytes.Data, 1, new byte[16_384]);
        }

        (await peer.SyncAsync()).ShouldHaveSingleItem().Type.ShouldBe(Bytes.Rst);
    }

    [Fact]
    public async Task Receive_DataAfterTheReaderCompleted_IsNotCredited()
    {
        await using var peer = await ConnectAsync();
        var stream = await peer.OpenAsync();
        await stream.Input.CompleteAsync();
        for (var i = 0; i < 4; i++)
        {
            await peer.SendAsync(Bytes.Data, 1, new byte[16_384]);
        }

        (await peer.SyncAsync()).ShouldBeEmpty();
        await peer.SendAsync(Bytes.Data, 1, 1);
        await peer.ShouldEndAsync(ConnectionErrorCode.FlowControl);
    }

    private static Task<ScriptedPeer> ConnectAsync() =>
        ScriptedPeer.ConnectAsync(MuxRole.Agent, o => o with { StreamWindowBytes = Window });
}
