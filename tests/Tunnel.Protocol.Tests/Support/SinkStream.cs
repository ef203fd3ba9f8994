namespace Culvert.Tunnel.Protocol.Tests.Support;

/// <summary>Gives a few bytes to read, then nothing; takes whatever is written without keeping or allocating anything.</summary>
internal sealed class SinkStream(byte[] script) : Stream
{
    private readonly TaskCompletionSource<int> end = new();
    private int position;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (position == script.Length)
        {
            return new ValueTask<int>(end.Task);
        }

        var count = Math.Min(buffer.Length, script.Length - position);
        script.AsMemory(position, count).CopyTo(buffer);
        position += count;
        return new ValueTask<int>(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.CompletedTask;

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        end.TrySetResult(0);
        base.Dispose(disposing);
    }
}
