using System.IO.Pipelines;

namespace Culvert.Tunnel.Agent.Requests.InProcess;

/// <summary>A writer whose first flush sends status and headers before the bytes.</summary>
internal sealed class StartingWriter(InProcessResponse response) : PipeWriter
{
    private PipeWriter Inner => response.Unstarted;

    public override bool CanGetUnflushedBytes => Inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => Inner.UnflushedBytes;

    public override void Advance(int bytes) => Inner.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => Inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => Inner.GetSpan(sizeHint);

    public override void CancelPendingFlush() => Inner.CancelPendingFlush();

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        await response.StartAsync(cancellationToken);
        return await Inner.FlushAsync(cancellationToken);
    }

    public override void Complete(Exception? exception = null)
    {
        // The response ends when its application ends, even with an error.
    }
}
