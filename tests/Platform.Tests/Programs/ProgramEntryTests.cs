using Culvert.Platform.Output;
using Culvert.Platform.Programs;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Programs;

public sealed class ProgramEntryTests : IDisposable
{
    private readonly StringWriter error = new();

    public void Dispose() => error.Dispose();

    [Fact]
    public async Task RunAsync_ProgramReturns_GivesItsCodeAndWritesNothing()
    {
        (await RunAsync(() => 3)).ShouldBe(3);

        error.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task RunAsync_UnhandledException_IsOneLine()
    {
        var status = await RunAsync(() => throw new ArgumentException("first\nsecond\u001b[2J"));

        status.ShouldBe(ExitCodes.InternalError);
        error
            .ToString()
            .ShouldMatch("^culvert: internal error in Culvert\\.[^ ]+: ArgumentException: first second\uFFFD\\[2J\n$");
    }

    [Fact]
    public async Task RunAsync_ExceptionAfterARequest_NamesTheRequest()
    {
        await RunAsync(() =>
            throw new InvalidOperationException("x") { Data = { [ProgramEntry.RequestId] = "req_01" } }
        );

        error.ToString().ShouldEndWith("\n  request id: req_01\n");
    }

    [Fact]
    public async Task RunAsync_OutputFails_SaysWhyWithItsOwnCode()
    {
        await using var full = new StandardStream("standard output", () => throw new IOException("No space left"));

        var status = await RunAsync(() =>
        {
            full.Write("x"u8);
            return 0;
        });

        status.ShouldBe(ExitCodes.OutputFailed);
        error.ToString().ShouldBe("culvert: cannot write to standard output: No space left\n");
    }

    [Fact]
    public async Task RunAsync_ErrorOutputFailsToo_StillGivesTheCode()
    {
        await using var full = new StandardStream(
            "standard error",
            () => throw new UnauthorizedAccessException("closed")
        );
        await using var writer = new StreamWriter(full) { AutoFlush = true };

        var status = await ProgramEntry.RunAsync("culvert", writer, () => throw new InvalidOperationException("x"));

        status.ShouldBe(ExitCodes.InternalError);
    }

    private Task<int> RunAsync(Func<int> program) =>
        ProgramEntry.RunAsync("culvert", error, () => Task.FromResult(program()));
}
