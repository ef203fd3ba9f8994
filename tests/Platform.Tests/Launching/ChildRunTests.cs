using Culvert.Platform.Launching;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Launching;

public sealed class ChildRunTests
{
    private const int MaxOutputBytes = 1000;

    [Fact]
    public async Task Run_EndsWell_GivesWhatItPrinted()
    {
        var result = await RunAsync("cat; echo aside >&2", input: "what it reads\n");

        result.ShouldBe(new ChildResult { Output = "what it reads\n", ErrorOutput = result.ErrorOutput });
        result.ErrorOutput.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_DoesNotReadItsInput_IsJudgedByItsStatus()
    {
        var result = await RunAsync("exec <&-; echo done", input: new string('x', 1_000_000));

        (result.Problem, result.Output).ShouldBe((null, "done\n"));
    }

    [Fact]
    public async Task Run_Fails_SaysItsStatusAndWhatItSaid()
    {
        var result = await RunAsync("echo no such client >&2; exit 3");

        result.Problem.ShouldBe("exited with status 3; run it manually to see why");
        result.ErrorOutput.ShouldBe(["no such client"]);
        (result.Output, result.IsTooLong).ShouldBe(("", false));
    }

    [Theory]
    [InlineData(MaxOutputBytes, false)]
    [InlineData(MaxOutputBytes + 1, true)]
    public async Task Run_Output_IsBounded(int bytes, bool isTooLong)
    {
        var result = await RunAsync($"head -c {bytes} /dev/zero");

        result.IsTooLong.ShouldBe(isTooLong);
        result.Problem.ShouldBe(isTooLong ? "printed more than 1000 bytes" : null);
        result.Output.Length.ShouldBe(isTooLong ? 0 : bytes);
    }

    [Fact]
    public async Task Run_DoesNotEnd_IsKilled() =>
        (await RunAsync("sleep 600", timeout: TimeSpan.FromMilliseconds(200))).Problem.ShouldBe(
            "did not exit within 0.2 s"
        );

    [Fact]
    public async Task Run_IsCancelled_Throws()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() =>
            Of("sleep 600").RunAsync(TimeProvider.System, stopped.Token)
        );
    }

    private static Task<ChildResult> RunAsync(string script, string input = "", TimeSpan? timeout = null) =>
        (Of(script) with { Input = input, Timeout = timeout ?? TimeSpan.FromSeconds(30) }).RunAsync(
            TimeProvider.System,
            TestContext.Current.CancellationToken
        );

    private static ChildRun Of(string script) =>
        new()
        {
            Command = ["sh", "-c", script],
            Inherited = ChildCommand.UsualEnvironment,
            Timeout = TimeSpan.FromSeconds(30),
            MaxOutputBytes = MaxOutputBytes,
        };
}
