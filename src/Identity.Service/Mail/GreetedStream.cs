namespace Culvert.Identity.Service.Mail;

/// <summary>
/// A connection on which the relay has already sent its greeting: the mail library waits for one, and there is none after
/// STARTTLS.
/// </summary>
internal sealed class GreetedStream(Stream relay) : Stream
{
    private ReadOnlyMemory<byte> greeting = "220 ready\r\n"u8.ToArray();

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadGreeting(buffer.AsSpan(offset, count)) is var taken and > 0 ? taken : relay.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ReadGreeting(buffer.Span) is var taken and > 0 ? new(taken) : relay.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => relay.Write(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        relay.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        relay.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => relay.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => relay.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            relay.Dispose();
        }

        base.Dispose(disposing);
    }

    private int ReadGreeting(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, greeting.Length);
        greeting.Span[..count].CopyTo(buffer);
        greeting = greeting[count..];
        return count;
    }
}
