using System.Buffers;
using System.IO.Pipelines;
using Culvert.Testing;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Streams;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Streams;

/// <summary>The reader's contract, as <see cref="PipeReader"/> states it.</summary>
public sealed class StreamInputTests
{
    [Fact]
    public async Task ReadAsync_PartlyConsumed_GivesTheRestAtOnce()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var input = (await peer.OpenAsync()).Input;
        await peer.SendAsync(Bytes.Data, 1, 1, 2, 3);
        var first = await input.ReadAsync();
        input.AdvanceTo(first.Buffer.GetPosition(1));
        (await input.ReadAsync()).Buffer.ToArray().ShouldBe([2, 3]);
    }

    [Fact]
    public async Task ReadAsync_EverythingExamined_WaitsForMore()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var input = (await peer.OpenAsync()).Input;
        await peer.SendAsync(Bytes.Data, 1, 1, 2, 3);
        var first = await input.ReadAsync();
        input.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        input.TryRead(out _).ShouldBeFalse();
        var second = input.ReadAsync();
        second.IsCompleted.ShouldBeFalse();
        await peer.SendAsync(Bytes.Data, 1, 4);
        (await second).Buffer.ToArray().ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task ReadAsync_AtTheEnd_IsCompletedAndEmpty()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var input = (await peer.OpenAsync()).Input;
        var waiting = input.ReadAsync();
        await peer.SendAsync(Bytes.Fin, 1);
        var result = await waiting;
        result.IsCompleted.ShouldBeTrue();
        result.Buffer.IsEmpty.ShouldBeTrue();
        input.AdvanceTo(result.Buffer.End);
        (await input.ReadAsync()).IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public async Task ReadAsync_Cancelled_ThrowsAndReadsOnLater()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var input = (await peer.OpenAsync()).Input;
        using var cancel = new CancellationTokenSource();
        var waiting = input.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        var again = input.ReadAsync();
        await peer.SendAsync(Bytes.Data, 1, 9);
        (await again).Buffer.ToArray().ShouldBe([9]);
    }

    [Fact]
    public async Task CancelPendingRead_WithAndWithoutAReader_CancelsOneRead()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var input = (await peer.OpenAsync()).Input;
        var waiting = input.ReadAsync();
        input.CancelPendingRead();
        var result = await waiting;
        result.IsCanceled.ShouldBeTrue();
        input.AdvanceTo(result.Buffer.Start);

        input.CancelPendingRead();
        result = await input.ReadAsync();
        result.IsCanceled.ShouldBeTrue();
        input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        input.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task ReadAsync_AfterComplete_Throws()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var input = (await peer.OpenAsync()).Input;
        await input.CompleteAsync();
        await Should.ThrowAsync<InvalidOperationException>(async () => await input.ReadAsync());
    }

    [Fact]
    public async Task AdvanceTo_AfterTheStreamWasReset_DoesNotThrow()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var input = (await peer.OpenAsync()).Input;
        await peer.SendAsync(Bytes.Data, 1, 1, 2, 3);
        var result = await input.ReadAsync();
        await peer.SendAsync(Bytes.Rst, 1, 0, 4);
        await peer.SyncAsync();
        result.Buffer.ToArray().ShouldBe([1, 2, 3]); // the memory is still the reader's
        input.AdvanceTo(result.Buffer.End);
        await Should.ThrowAsync<MuxStreamException>(async () => await input.ReadAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_ResetBehindAnEndThatWasReached_KeepsTheEnd(bool resetByPeer)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await peer.OpenAsync();
        await peer.SendAsync(Bytes.Data, 1, 1, 2, 3);
        await peer.SendAsync(Bytes.Fin, 1);
        await peer.SyncAsync();
        var result = await stream.Input.ReadAsync();
        result.Buffer.ToArray().ShouldBe([1, 2, 3]);
        stream.Input.AdvanceTo(result.Buffer.End);
        await ResetAsync(peer, stream, resetByPeer);
        result = await stream.Input.ReadAsync();
        (result.IsCompleted, result.IsCanceled, result.Buffer.IsEmpty).ShouldBe((true, false, true));
        stream.Closed.IsCancellationRequested.ShouldBeTrue();
        await Should.ThrowAsync<MuxStreamException>(async () => await stream.Output.WriteAsync(new byte[1]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_ResetBehindAnEndNotReached_FailsBecauseBytesAreMissing(bool resetByPeer)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await peer.OpenAsync();
        await peer.SendAsync(Bytes.Data, 1, 1, 2, 3);
        await peer.SendAsync(Bytes.Fin, 1);
        await peer.SyncAsync();
        var result = await stream.Input.ReadAsync();
        stream.Input.AdvanceTo(result.Buffer.GetPosition(2));
        await ResetAsync(peer, stream, resetByPeer);
        await Should.ThrowAsync<MuxStreamException>(async () => await stream.Input.ReadAsync());
        (await stream.ReadOrEndAsync()).IsCanceled.ShouldBeTrue();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task ReadOrEndAsync_StreamEndsEarly_IsCancelledWithoutAnException(bool resetByPeer, bool waits)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await peer.OpenAsync();
        await peer.SendAsync(Bytes.Data, 1, 1, 2, 3);
        var result = await stream.ReadOrEndAsync();
        result.Buffer.ToArray().ShouldBe([1, 2, 3]);
        stream.Input.AdvanceTo(result.Buffer.End);
        var waiting = waits ? stream.ReadOrEndAsync().AsTask() : null;
        await ResetAsync(peer, stream, resetByPeer);
        result = await (waiting ?? stream.ReadOrEndAsync().AsTask());
        (result.IsCompleted, result.IsCanceled, result.Buffer.IsEmpty).ShouldBe((false, true, true));
        await Should.ThrowAsync<MuxStreamException>(async () => await stream.Input.ReadAsync());
    }

    [Fact]
    public async Task AdvanceTo_BeforeWhatWasConsumed_Throws()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var input = (await peer.OpenAsync()).Input;
        await peer.SendAsync(Bytes.Data, 1, 1, 2, 3);
        var result = await input.ReadAsync();
        input.AdvanceTo(result.Buffer.GetPosition(2));
        Should.Throw<ArgumentOutOfRangeException>(() => input.AdvanceTo(result.Buffer.Start));
    }

    /// <summary>Random frame sizes against random ways of reading: nothing is lost, doubled or reordered.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ReadAsync_AnyMixOfSizes_GivesTheBytesInOrder(int seed)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var input = (await peer.OpenAsync()).Input;
        var random = new Random(seed);
        var sent = new byte[700_000]; // within one window
        random.NextBytes(sent);
        var sending = Task.Run(async () =>
        {
            for (var offset = 0; offset < sent.Length; )
            {
                var size = Math.Min(
                    sent.Length - offset,
                    random.Next(3) == 0 ? random.Next(1, 20) : random.Next(1, 16_385)
                );
                await peer.SendAsync(Bytes.Data, 1, sent[offset..(offset + size)]);
                offset += size;
            }

            await peer.SendAsync(Bytes.Fin, 1);
        });

        var reading = new Random(-seed);
        using var received = new MemoryStream();
        while (true)
        {
            var result = await input.ReadAsync().AsTask().WaitAsync(Eventually.Limit);
            var take = result.IsCompleted ? result.Buffer.Length : reading.NextInt64(0, result.Buffer.Length + 1);
            var taken = result.Buffer.Slice(0, take);
            received.Write(taken.ToArray());
            input.AdvanceTo(taken.End, reading.Next(2) == 0 ? taken.End : result.Buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        await sending;
        received.ToArray().ShouldBe(sent);
    }

    private static async Task ResetAsync(ScriptedPeer peer, MuxStream stream, bool byPeer)
    {
        if (byPeer)
        {
            await peer.SendAsync(Bytes.Rst, stream.Id, 0, 4);
        }
        else
        {
            stream.Abort(StreamErrorCode.Cancelled);
        }

        await peer.SyncAsync();
    }
}
