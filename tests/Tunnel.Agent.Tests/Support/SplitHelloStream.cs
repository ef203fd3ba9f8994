namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>Writes the first record, a ClientHello, as two: the message is the same (RFC 8446 §5.1).</summary>
/// <param name="inner">Towards the server.</param>
/// <param name="firstPart">Bytes of the message in the first record.</param>
internal sealed class SplitHelloStream(Stream inner, int firstPart) : Stream
{
    private const int RecordHeader = 5;

    private bool isSplit;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        if (isSplit)
        {
            await inner.WriteAsync(buffer, cancellationToken);
            return;
        }

        isSplit = true;
        var record = buffer.ToArray();
        var message = record[RecordHeader..];
        await inner.WriteAsync(Record(record, message[..firstPart]), cancellationToken);
        await inner.FlushAsync(cancellationToken);
        await inner.WriteAsync(Record(record, message[firstPart..]), cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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

    private static byte[] Record(byte[] like, byte[] part) =>
        [like[0], like[1], like[2], (byte)(part.Length >> 8), (byte)part.Length, .. part];
}
