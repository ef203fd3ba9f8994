using System.IO.Pipelines;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>A writer whose first flush sends status and headers before the bytes.</summary>
internal sealed class StartingWriter(PipeWriter inner, Func<CancellationToken, Task> start) : PipeWriter
{
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        await start(cancellationToken);
        return await inner.FlushAsync(cancellationToken);
    }

    // The response ends when its application does.
    public override void Complete(Exception? exception = null)
    {
        // See above.
    }
}
