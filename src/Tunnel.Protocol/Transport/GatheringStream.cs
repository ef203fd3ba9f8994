using System.Buffers;
using System.Runtime.CompilerServices;

namespace Culvert.Tunnel.Protocol.Transport;

/// <summary>
/// Sits between the outer TLS and its socket. TLS reads and writes one record at a time, each with a system call and, on a
/// busy machine, a wake-up of the peer; this class batches several records.
/// </summary>
/// <remarks>One reader and one writer at a time, as TLS has. Buffers are held only while they contain bytes.</remarks>
/// <param name="inner">The socket's stream; disposed with this one.</param>
public sealed class GatheringStream(Stream inner) : Stream
{
    /// <summary>Seven full records and part of an eighth, in an array of the pool's size.</summary>
    private const int BufferBytes = 128 * 1024;

    private byte[] held = []; // written, not yet sent
    private int heldBytes;
    private byte[] ahead = []; // received, not yet read
    private int aheadStart;
    private int aheadEnd;
    private bool moreAtHand; // the last read filled its buffer
    private volatile bool gathering;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Call after the handshake. From then on a flush, or a full buffer, sends the written bytes.</summary>
    public void Begin() => gathering = true;

    /// <summary>Reads ahead only during bulk transfers; a small message is one read into the caller's buffer.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (aheadStart < aheadEnd || buffer.IsEmpty)
        {
            return aheadStart < aheadEnd
                ? ValueTask.FromResult(ReadAhead(buffer.Span))
                : inner.ReadAsync(buffer, cancellationToken);
        }

        return moreAtHand ? ReadAheadAsync(buffer, cancellationToken) : ReadThroughAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!gathering)
        {
            return inner.WriteAsync(buffer, cancellationToken);
        }

        if (heldBytes + buffer.Length > BufferBytes)
        {
            return WriteFullAsync(buffer, cancellationToken);
        }

        Hold(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        if (heldBytes == 0)
        {
            return Task.CompletedTask;
        }

        var send = inner.WriteAsync(held.AsMemory(0, heldBytes), cancellationToken);
        if (!send.IsCompletedSuccessfully)
        {
            return FinishSendAsync(send);
        }

        send.GetAwaiter().GetResult();
        ReturnHeld();
        return Task.CompletedTask;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // one wait per call of a client
    private async ValueTask<int> ReadThroughAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        moreAtHand = read == buffer.Length;
        return read;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadAheadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ahead = ArrayPool<byte>.Shared.Rent(BufferBytes);
        aheadStart = 0;
        try
        {
            aheadEnd = await inner.ReadAsync(ahead.AsMemory(0, BufferBytes), cancellationToken);
        }
        finally
        {
            if (aheadEnd == 0)
            {
                ReturnAhead();
            }
        }

        moreAtHand = aheadEnd >= buffer.Length && aheadEnd > 0;
        return aheadEnd == 0 ? 0 : ReadAhead(buffer.Span);
    }

    private int ReadAhead(Span<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, aheadEnd - aheadStart);
        ahead.AsSpan(aheadStart, taken).CopyTo(buffer);
        aheadStart += taken;
        if (aheadStart == aheadEnd)
        {
            ReturnAhead();
        }

        return taken;
    }

    private async ValueTask WriteFullAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        if (buffer.Length > BufferBytes)
        {
            await inner.WriteAsync(buffer, cancellationToken);
        }
        else
        {
            Hold(buffer.Span);
        }
    }

    private async Task FinishSendAsync(ValueTask send)
    {
        await send;
        ReturnHeld();
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (heldBytes + bytes.Length > held.Length)
        {
            GrowHeld(heldBytes + bytes.Length);
        }

        bytes.CopyTo(held.AsSpan(heldBytes));
        heldBytes += bytes.Length;
    }

    // A call needs a small buffer; more than that is bulk data.
    private void GrowHeld(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(held.Length == 0 ? bytes : BufferBytes);
        held.AsSpan(0, heldBytes).CopyTo(larger);
        if (held.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(held);
        }

        held = larger;
    }

    private void ReturnHeld()
    {
        ArrayPool<byte>.Shared.Return(held);
        (held, heldBytes) = ([], 0);
    }

    private void ReturnAhead()
    {
        ArrayPool<byte>.Shared.Return(ahead);
        (ahead, aheadStart, aheadEnd) = ([], 0, 0);
    }
}
