using Culvert.Tunnel.Protocol.Transport;

namespace Culvert.Tunnel.Protocol.Tests.Transport;

public sealed class GatheringStreamTests : IDisposable
{
    private const int Record = 16 * 1024;

    private readonly ScriptedStream inner = new();

    public void Dispose() => inner.Dispose();

    [Fact]
    public async Task Write_DuringTheHandshake_LeavesAtOnce()
    {
        await using var stream = new GatheringStream(inner);
        await stream.WriteAsync(Bytes(3));
        inner.Written.ShouldBe([3]);
    }

    [Fact]
    public async Task Write_Afterwards_LeavesWithTheFlushInOnePiece()
    {
        await using var stream = Begun();
        await stream.WriteAsync(Bytes(Record));
        await stream.WriteAsync(Bytes(Record));
        inner.Written.ShouldBeEmpty();

        await stream.FlushAsync();
        await stream.FlushAsync(); // nothing is left

        inner.Written.ShouldBe([2 * Record]);
        inner.Content.ShouldBe([.. Bytes(Record), .. Bytes(Record)]);
    }

    [Fact]
    public async Task Write_MoreThanTheBufferHolds_LeavesInOrder()
    {
        await using var stream = Begun();
        byte[] all = [];
        foreach (var bytes in (byte[][])[Bytes(100), Bytes(7 * Record), Bytes(2 * Record), Bytes(200 * 1024)])
        {
            await stream.WriteAsync(bytes);
            all = [.. all, .. bytes];
        }

        await stream.FlushAsync();

        inner.Content.ShouldBe(all);
        inner.Written.ShouldAllBe(bytes => bytes <= 200 * 1024);
    }

    [Fact]
    public async Task Read_SmallPieces_AreReadAsTheyCome()
    {
        await using var stream = Begun();
        inner.Give(Bytes(10), Bytes(20));
        (await stream.ReadAsync(new byte[Record])).ShouldBe(10);
        (await stream.ReadAsync(new byte[Record])).ShouldBe(20);
        inner.Asked.ShouldBe([Record, Record]);
    }

    [Fact]
    public async Task Read_AfterAFullPiece_TakesMoreThanItWasAskedFor()
    {
        await using var stream = Begun();
        inner.Give(Bytes(Record), Bytes(5 * Record));
        var buffer = new byte[Record];
        List<byte> all = [];
        for (var i = 0; i < 6; i++)
        {
            (await stream.ReadAsync(buffer)).ShouldBe(Record);
            all.AddRange(buffer);
        }

        all.ShouldBe([.. Bytes(Record), .. Bytes(5 * Record)]);
        inner.Asked.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Read_OfNothing_WaitsUnlessThereIsSomething()
    {
        await using var stream = Begun();
        inner.Give(Bytes(Record), Bytes(2 * Record));
        (await stream.ReadAsync(new byte[Record])).ShouldBe(Record);
        (await stream.ReadAsync(new byte[Record])).ShouldBe(Record);
        var asked = inner.Asked.Count;
        (await stream.ReadAsync(Memory<byte>.Empty)).ShouldBe(0);
        inner.Asked.Count.ShouldBe(asked);
        (await stream.ReadAsync(new byte[Record])).ShouldBe(Record);
        (await stream.ReadAsync(Memory<byte>.Empty)).ShouldBe(0);
        inner.Asked[^1].ShouldBe(0);
    }

    [Fact]
    public async Task Read_AtTheEnd_IsZeroEveryTime()
    {
        await using var stream = Begun();
        inner.Give(Bytes(Record));
        (await stream.ReadAsync(new byte[Record])).ShouldBe(Record);
        (await stream.ReadAsync(new byte[Record])).ShouldBe(0);
        (await stream.ReadAsync(new byte[Record])).ShouldBe(0);
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];

    private GatheringStream Begun()
    {
        var stream = new GatheringStream(inner);
        stream.Begin();
        return stream;
    }

    /// <summary>Gives the pieces it was given, and keeps what is written.</summary>
    private sealed class ScriptedStream : Stream
    {
        private readonly Queue<byte[]> pieces = [];
        private readonly MemoryStream content = new();

        public List<int> Asked { get; } = [];

        public List<int> Written { get; } = [];

        public byte[] Content => content.ToArray();

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Give(params byte[][] given)
        {
            foreach (var piece in given)
            {
                pieces.Enqueue(piece);
            }
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Asked.Add(buffer.Length);
            if (buffer.IsEmpty || !pieces.TryDequeue(out var piece))
            {
                return new ValueTask<int>(0);
            }

            piece.CopyTo(buffer); // none is larger than requested
            return new ValueTask<int>(piece.Length);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written.Add(buffer.Length);
            content.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
