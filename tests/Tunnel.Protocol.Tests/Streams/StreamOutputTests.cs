using System.Buffers;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Options;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Streams;

/// <summary>The writer's contract, as <see cref="System.IO.Pipelines.PipeWriter"/> states it.</summary>
public sealed class StreamOutputTests
{
    [Fact]
    public async Task Advance_UntilFlush_SendsNothing()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var output = (await peer.OpenAsync()).Output;
        output.Write("a"u8);
        output.Write("b"u8);
        output.UnflushedBytes.ShouldBe(2);
        (await peer.SyncAsync()).ShouldBeEmpty();
        await output.FlushAsync();
        output.UnflushedBytes.ShouldBe(0);
        (await peer.ReadAsync()).Payload.ShouldBe("ab"u8.ToArray());
    }

    [Fact]
    public async Task FlushAsync_NothingWritten_SendsNothing()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var output = (await peer.OpenAsync()).Output;
        (await output.FlushAsync()).IsCompleted.ShouldBeFalse();
        (await peer.SyncAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16_384)]
    [InlineData(100_000)]
    public async Task WriteAsync_BehindUnflushedBytes_KeepsTheOrder(int size)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var output = (await peer.OpenAsync()).Output;
        var all = new byte[size * 2];
        new Random(size).NextBytes(all);
        all.AsSpan(0, size).CopyTo(output.GetSpan(size));
        output.Advance(size);
        var writing = output.WriteAsync(all.AsMemory(size)).AsTask();
        List<byte> received = [];
        while (received.Count < all.Length)
        {
            received.AddRange((await peer.ReadAsync()).Payload);
        }

        received.ToArray().ShouldBe(all);
        await writing;
    }

    /// <summary>
    /// The memory that a caller has from GetMemory is not given to another caller, even if the stream ends.
    /// </summary>
    [Fact]
    public async Task GetMemory_StreamResetMeanwhile_IsStillTheCallers()
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var stream = await peer.OpenAsync();
        var memory = stream.Output.GetMemory(100);
        stream.Abort(StreamErrorCode.Cancelled);
        memory.Span.Fill(7);
        var other = ArrayPool<byte>.Shared.Rent(4096);
        other.AsSpan().Clear();
        memory.Span[0].ShouldBe((byte)7);
        ArrayPool<byte>.Shared.Return(other);
        stream.Output.Advance(100);
        await Should.ThrowAsync<MuxStreamException>(async () => await stream.Output.FlushAsync());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public async Task Advance_BeyondTheMemory_Throws(int bytes)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(MuxRole.Agent);
        var output = (await peer.OpenAsync()).Output;
        output.GetMemory(10);
        Should.Throw<ArgumentOutOfRangeException>(() => output.Advance(bytes));
    }

    [Theory]
    [InlineData(200)] // written on the caller's thread
    [InlineData(8000)] // handed to the write loop
    public async Task WriteAsync_OpenStream_AllocatesNothingPerFrame(int size)
    {
        await using var connection = new MuxConnection(
            new SinkStream([
                .. Bytes.Frame(Bytes.Hello, 0, Bytes.HelloPayload(window: 16 * 1024 * 1024)),
                .. Bytes.Frame(Bytes.Open, 1, Bytes.OpenPayload()),
            ]),
            MuxRole.Agent,
            new MuxOptions { InstanceId = "a" },
            TimeProvider.System
        );
        _ = connection.RunAsync(CancellationToken.None);
        var output = (await connection.AcceptAsync(CancellationToken.None))!.Output;
        var payload = new byte[size];
        for (var i = 0; i < 300; i++)
        {
            await output.WriteAsync(payload); // warm
        }

        // The best of some rounds: now and then the pool makes a new buffer, or the wait for the writer moves us.
        var best = long.MaxValue;
        for (var round = 0; round < 20 && best > 8; round++)
        {
            best = Math.Min(best, await AllocatedPerWriteAsync(output, payload));
        }

        best.ShouldBeLessThan(8); // a wait of the test itself costs a little, an object per frame would cost more
    }

    private static async Task<long> AllocatedPerWriteAsync(System.IO.Pipelines.PipeWriter output, byte[] payload)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var thread = Environment.CurrentManagedThreadId;
        for (var i = 0; i < 50; i++)
        {
            await output.WriteAsync(payload);
        }

        return thread == Environment.CurrentManagedThreadId
            ? (GC.GetAllocatedBytesForCurrentThread() - before) / 50
            : long.MaxValue;
    }
}
