using System.Diagnostics;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Platform.Programs;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Output;

/// <summary>The real programs, when what they write to is full, closed or gone: an exit code, and never a stack trace.</summary>
public sealed class StandardStreamTests
{
    public static TheoryData<string> Commands =>
        [
            "culvert version",
            "culvert --help",
            "tunnel-agent version",
            "tunnel-agent --help",
            "tunnel-edge version",
            "identity-service version",
            "identity-service --help",
        ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Output_OnAFullDisk_FailsInOneLine(string command)
    {
        var (status, error) = await RunAsync($"{command} >/dev/full");

        status.ShouldBe(ExitCodes.OutputFailed, error);
        error.ShouldMatch("^[a-z-]+: cannot write to standard output: [^\n]+\n$");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Output_Closed_FailsInOneLine(string command)
    {
        var (status, error) = await RunAsync($"{command} >&-");

        status.ShouldBe(ExitCodes.OutputFailed, error);
        error.ShouldMatch("^[a-z-]+: cannot write to standard output: [^\n]+\n$");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Output_IntoAPipeWithoutReader_IsNoError(string command)
    {
        // The reader has gone before the program begins to write.
        var (status, error) = await RunAsync($"exec 3> >(:); wait $!; {command} >&3");

        (status, error).ShouldBe((ExitCodes.Done, ""));
    }

    [Theory]
    [InlineData("culvert nonsense")]
    [InlineData("tunnel-agent nonsense")]
    [InlineData("tunnel-edge nonsense")]
    [InlineData("identity-service nonsense")]
    public async Task ErrorOutput_OnAFullDisk_FailsInSilence(string command)
    {
        var (status, text) = await RunAsync($"{command} 2>&1 >/dev/null 2>/dev/full");

        (status, text).ShouldBe((ExitCodes.OutputFailed, ""));
    }

    private static async Task<(int Status, string Error)> RunAsync(string script)
    {
        using var shell = Process.Start(
            new ProcessStartInfo("bash", ["-c", script])
            {
                Environment = { ["PATH"] = $"{TestRun.ProgramFolder}:{Environment.GetEnvironmentVariable("PATH")}" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        (await output).ShouldBeEmpty();
        return (shell.ExitCode, error);
    }
}
