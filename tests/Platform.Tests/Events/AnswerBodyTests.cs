using System.IO.Pipelines;
using System.Text;
using Culvert.Platform.Events;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Events;

/// <summary>One reader for what MCP servers answer, however they write it and in whatever pieces it comes.</summary>
public sealed class AnswerBodyTests
{
    private const string Wanted = """{"id":1}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("data: {\"id\":1}\n\n")]
    [InlineData("data:{\"id\":1}\r\n\r\n")]
    [InlineData("data: {\"id\":1}\r\r")] // ends there
    [InlineData("data: {\"id\":1}\r\n\r")]
    [InlineData("\uFEFFdata: {\"id\":1}\n\n")]
    [InlineData("\uFEFF: hello\r\r\revent: message\rdata: {\"id\":1}\r\rdata: {\"id\":2}\r\r")]
    [InlineData("data: ping\n\ndata\n\nid: 7\ndata: {\"id\":1}\n\n")]
    public async Task Find_AmongEvents_InAnyPieces(string stream)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        for (var size = 1; size <= bytes.Length; size++)
        {
            var body = await BodyAsync(bytes, size);

            var found = await body.FindAsync(isEventStream: true, IsWanted, Token);

            Encoding.UTF8.GetString(found.Span).ShouldBe(Wanted, $"{size}");
        }
    }

    [Theory]
    [InlineData("{\"id\":1}")]
    [InlineData("\uFEFF{\"id\":1}")]
    public async Task Find_WholeBody_IsWithoutItsByteOrderMark(string text)
    {
        var body = await BodyAsync(Encoding.UTF8.GetBytes(text), 2);

        var found = await body.FindAsync(isEventStream: false, IsWanted, Token);

        Encoding.UTF8.GetString(found.Span).ShouldBe(Wanted);
    }

    [Theory]
    [InlineData("data: {\"id\":1}", true)]
    [InlineData("data: {\"id\":1}\n", true)]
    [InlineData("data: {\"id\":1}\r", true)]
    [InlineData("data: {\"id\":2}\n\ndata: {\"id\":1}\n", true)]
    [InlineData("data: {\"id\":2}\n\n", false)]
    [InlineData("data: {\"id\":2}\n\n\r\r", false)]
    [InlineData("", false)]
    public async Task Find_StreamWithoutTheMessage_SaysWhetherItEndsInAnEvent(string stream, bool isUnfinished)
    {
        var body = await BodyAsync(Encoding.UTF8.GetBytes(stream), 3);

        var found = await body.FindAsync(isEventStream: true, IsWanted, Token);

        found.IsEmpty.ShouldBeTrue();
        body.IsUnfinished.ShouldBe(isUnfinished);
        body.IsTooLong.ShouldBeFalse();
    }

    [Theory]
    [InlineData(true, 15, true)]
    [InlineData(true, 16, false)]
    [InlineData(false, 15, true)]
    [InlineData(false, 16, false)]
    public async Task Find_LongerThanMayBeHeld_IsNotFound(bool isEventStream, int most, bool isTooLong)
    {
        var text = isEventStream ? "data: {\"id\":1}\n\n" : "{\"id\":1}        ";
        var body = new AnswerBody(PipeReader.Create(new MemoryStream(Encoding.UTF8.GetBytes(text))), most);

        var found = await body.FindAsync(isEventStream, _ => true, Token);

        body.IsTooLong.ShouldBe(isTooLong);
        body.IsUnfinished.ShouldBeFalse();
        if (!isEventStream)
        {
            found.IsEmpty.ShouldBe(isTooLong);
        }
    }

    private static bool IsWanted(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span) == Wanted;

    private static async Task<AnswerBody> BodyAsync(byte[] bytes, int size)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var body = new AnswerBody(new Pieces(pipe.Reader, size), 1024);
        await pipe.Writer.WriteAsync(bytes, Token);
        await pipe.Writer.CompleteAsync();
        return body;
    }

    // Gives a few bytes at each read.
    private sealed class Pieces(PipeReader inner, int size) : PipeReader
    {
        private ReadResult last;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(cancellationToken);
            var isWhole = read.Buffer.Length <= size;
            return last = new ReadResult(
                isWhole ? read.Buffer : read.Buffer.Slice(0, size),
                read.IsCanceled,
                isWhole && read.IsCompleted
            );
        }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override bool TryRead(out ReadResult result)
        {
            result = last;
            return false;
        }
    }
}
