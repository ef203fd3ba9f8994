using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Culvert.Tunnel.Agent.InnerTls;

namespace Culvert.Tunnel.Agent.Tests.InnerTls;

public sealed class WholeFlushWriterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact] // a takeover comes just when the head of an answer has gone out: its end must follow
    public async Task Flush_TokenIsCancelledAtItsEnd_TheNextOneGoesOutToo()
    {
        using var source = new CancellationTokenSource();
        await using var stream = new CancellingStream(source);
        var writer = new WholeFlushWriter(PipeWriter.Create(stream));

        writer.Write("head "u8);
        await writer.FlushAsync(source.Token);
        writer.Write("end"u8);
        var flushed = await writer.FlushAsync(Token);

        source.IsCancellationRequested.ShouldBeTrue();
        flushed.IsCanceled.ShouldBeFalse();
        Encoding.ASCII.GetString(stream.ToArray()).ShouldBe("head end");
    }

    [Fact]
    public async Task Flush_CancelledWhileItWaits_IsLeftAndGoesOn()
    {
        using var source = new CancellationTokenSource();
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        await using var stream = pipe.Writer.AsStream();
        var writer = new WholeFlushWriter(PipeWriter.Create(stream));

        writer.Write("all of it"u8);
        var flushing = writer.FlushAsync(source.Token);
        await source.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await flushing);
        var read = await pipe.Reader.ReadAsync(Token);
        Encoding.ASCII.GetString(read.Buffer).ShouldBe("all of it");
    }

    /// <summary>Cancels as soon as something is written whole.</summary>
    private sealed class CancellingStream(CancellationTokenSource source) : MemoryStream
    {
        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await base.FlushAsync(cancellationToken);
            await source.CancelAsync();
        }
    }
}
