using System.Diagnostics;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class CompletionCommandTests : CommandTest
{
    [Theory]
    [InlineData("culvert tun", "tunnel")]
    [InlineData("culvert tunnel tok", "token")]
    [InlineData("culvert tunnel list --inc", "--include-archived")]
    public async Task Suggestions_AreTheProgramsWords(string line, string word)
    {
        var run = await Stage.RunAsync($"[suggest:{line.Length}]", line);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.Split('\n').ShouldContain(word);
        Service.Requests.ShouldBeEmpty();
    }

    // The real shell with the real program.
    [Fact]
    public async Task Bash_CompletesWithTheScript()
    {
        var script = Stage.Write("completion", (await Stage.RunAsync("completion", "bash")).Out);
        var program = Path.Combine(AppContext.BaseDirectory, "culvert");
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(
            $"culvert() {{ '{program}' \"$@\"; }}; source '{script}'; COMP_LINE='culvert tunnel tok'; COMP_POINT=18; "
                + "COMP_WORDS=(culvert tunnel tok); COMP_CWORD=2; _culvert; echo \"${COMPREPLY[@]}\""
        );
        using var bash = Process.Start(start)!;

        var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);

        output.Trim().ShouldBe("token", await bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("zsh", "compdef")]
    [InlineData("fish", "complete -c culvert")]
    public async Task OtherShells_HaveTheirs(string shell, string word) =>
        (await Stage.RunAsync("completion", shell)).Out.ShouldContain(word);
}
