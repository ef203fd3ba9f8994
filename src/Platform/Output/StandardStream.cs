namespace Culvert.Platform.Output;

/// <summary>
/// Standard output or error: opened at the first write, and every failure is an <see cref="OutputException"/>. A closed
/// pipe is not a failure: the runtime drops what is written there.
/// </summary>
internal sealed class StandardStream(string name, Func<Stream> open) : Stream
{
    private Stream? inner;

    public static StandardStream Output() => new("standard output", Console.OpenStandardOutput);

    public static StandardStream Error() => new("standard error", Console.OpenStandardError);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner ??= open();
            inner.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException($"cannot write to {name}: {e.Message}", e);
        }
    }

    // The console's stream has no buffer.
    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        inner?.Dispose();
        base.Dispose(disposing);
    }
}
