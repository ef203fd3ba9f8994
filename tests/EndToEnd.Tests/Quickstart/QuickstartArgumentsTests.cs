using Culvert.EndToEnd.Tests.Harness;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Quickstart;

public sealed class QuickstartArgumentsTests : IDisposable
{
    private readonly TestFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Script_ArgumentsThatMeanNothing_ExitsWithUsage()
    {
        var (code, output) = await QuickstartScript.RunAsync(folder.Path, ["--bogus"], Cancel);

        code.ShouldBe(64);
        output.ShouldContain("./quickstart help");
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("--bogus")]
    [InlineData("logs")]
    [InlineData("up --port-base")]
    [InlineData("up --port-base 70000")]
    [InlineData("up --delete")]
    [InlineData("up --storage")]
    [InlineData("up --storage mysql")]
    [InlineData("status --storage postgres")]
    public async Task Quickstart_ArgumentsThatMeanNothing_ExitsWithUsage(string arguments)
    {
        var (code, output) = await QuickstartProgram.RunAsync(folder.Path, arguments.Split(' '), Cancel);

        code.ShouldBe(64);
        output.ShouldContain("./quickstart help");
    }

    [Fact]
    public async Task Status_NothingRuns_SaysHowToStart()
    {
        var (code, output) = await QuickstartProgram.RunAsync(folder.Path, ["status"], Cancel);

        code.ShouldBe(2);
        output.ShouldContain("./quickstart up");
    }

    [Fact]
    public async Task Down_NothingRuns_IsDoneTwice()
    {
        var (first, _) = await QuickstartProgram.RunAsync(folder.Path, ["down"], Cancel);
        var (second, _) = await QuickstartProgram.RunAsync(folder.Path, ["down", "--delete"], Cancel);

        (first, second).ShouldBe((0, 0));
    }

    public void Dispose() => folder.Dispose();
}
