using System.Net.Security;

namespace Culvert.Platform.Net;

/// <summary>
/// The connection to an https proxy, over TLS with the proxy. It is not an <see cref="SslStream"/>, because
/// <see cref="SocketsHttpHandler"/> takes one for finished TLS with the target of an https request: it would check no
/// certificate, and the proxy would read the request (S40).
/// </summary>
internal sealed class TlsProxyStream(SslStream tls) : Stream
{
    public override bool CanRead => tls.CanRead;

    public override bool CanWrite => tls.CanWrite;

    public override bool CanSeek => false;

    public override bool CanTimeout => tls.CanTimeout;

    public override int ReadTimeout
    {
        get => tls.ReadTimeout;
        set => tls.ReadTimeout = value;
    }

    public override int WriteTimeout
    {
        get => tls.WriteTimeout;
        set => tls.WriteTimeout = value;
    }

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => tls.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => tls.Read(buffer);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        tls.ReadAsync(buffer, offset, count, cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        tls.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => tls.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => tls.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        tls.WriteAsync(buffer, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        tls.WriteAsync(buffer, cancellationToken);

    public override void Flush() => tls.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => tls.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Also closes the connection.</summary>
    public override async ValueTask DisposeAsync()
    {
        await tls.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            tls.Dispose();
        }

        base.Dispose(disposing);
    }
}
