using System.IO.Pipelines;

namespace Culvert.Testing;

/// <summary>
/// One end of an in-memory byte stream. Writing blocks when the other end has left <c>capacityBytes</c> unread, as a
/// socket's does; disposing one end is an end of file at the other.
/// </summary>
public sealed class DuplexStream : Stream
{
    private readonly PipeReader reader;
    private readonly PipeWriter writer;
    private readonly int capacityBytes;
    private volatile bool disposed;

    private DuplexStream(PipeReader reader, PipeWriter writer, int capacityBytes)
    {
        this.reader = reader;
        this.writer = writer;
        this.capacityBytes = capacityBytes;
    }

    /// <summary>Whether the other end's writes block. Do not call it while this end reads.</summary>
    public bool IsFull
    {
        get
        {
            if (!reader.TryRead(out var unread))
            {
                return false;
            }

            reader.AdvanceTo(unread.Buffer.Start);
            return unread.Buffer.Length >= capacityBytes;
        }
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static (DuplexStream Left, DuplexStream Right) CreatePair(int capacityBytes = 1024 * 1024)
    {
        var options = new PipeOptions(
            pauseWriterThreshold: capacityBytes,
            resumeWriterThreshold: Math.Max(1, capacityBytes / 2),
            useSynchronizationContext: false
        );
        var toLeft = new Pipe(options);
        var toRight = new Pipe(options);
        return (
            new DuplexStream(toLeft.Reader, toRight.Writer, capacityBytes),
            new DuplexStream(toRight.Reader, toLeft.Writer, capacityBytes)
        );
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var result = await reader.ReadAsync(cancellationToken);
        if (result.IsCanceled)
        {
            throw new IOException("This end is closed.");
        }

        var count = (int)Math.Min(buffer.Length, result.Buffer.Length);
        var taken = result.Buffer.Slice(0, count);
        var position = 0;
        foreach (var segment in taken)
        {
            segment.Span.CopyTo(buffer.Span[position..]);
            position += segment.Length;
        }

        reader.AdvanceTo(taken.End);
        return count;
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var result = await writer.WriteAsync(buffer, cancellationToken);
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new IOException("The other end is closed.");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !disposed)
        {
            disposed = true;
            writer.CancelPendingFlush();
            writer.Complete();
            reader.CancelPendingRead();
            reader.Complete(); // a write of the other end that waits for space fails
        }

        base.Dispose(disposing);
    }
}
