using System.IO.Pipelines;

namespace Culvert.Tunnel.Agent.InnerTls;

/// <summary>
/// A pipe writer over a stream that never cancels a flush halfway. .NET's own writer passes a caller's token on to a
/// source that it reuses: a token that is cancelled just when its flush completes cancels the next flush. The bytes of
/// that flush are not sent, and the client waits for the end of its response. Here the caller stops waiting, and the
/// flush continues.
/// </summary>
internal sealed class WholeFlushWriter(PipeWriter inner) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Wait(inner.FlushAsync(CancellationToken.None), cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source,
        CancellationToken cancellationToken = default
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Wait(inner.WriteAsync(source, CancellationToken.None), cancellationToken);
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private static ValueTask<FlushResult> Wait(ValueTask<FlushResult> flush, CancellationToken cancellationToken) =>
        flush.IsCompleted || !cancellationToken.CanBeCanceled
            ? flush
            : new ValueTask<FlushResult>(flush.AsTask().WaitAsync(cancellationToken));
}
