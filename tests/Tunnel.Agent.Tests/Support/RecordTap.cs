using System.Buffers.Binary;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>A stream that notes the TLS records that come in through it: content type and length (RFC 8446 §5.1).</summary>
internal sealed class RecordTap(Stream inner) : Stream
{
    private readonly List<byte> pending = [];
    private readonly List<(byte Type, int Length)> records = [];

    public IReadOnlyList<(byte Type, int Length)> Records => records;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        pending.AddRange(buffer.Span[..read]);
        while (pending.Count >= 5)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian([pending[3], pending[4]]);
            if (pending.Count < 5 + length)
            {
                break;
            }

            records.Add((pending[0], length));
            pending.RemoveRange(0, 5 + length);
        }

        return read;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
