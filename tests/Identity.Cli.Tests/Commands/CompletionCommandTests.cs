using System.CommandLine;
using System.CommandLine.Completions;
using System.Diagnostics;
using Culvert.Identity.Cli.Tests.Reference;
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

    [Fact]
    public void EveryValueThatIsOffered_IsTaken()
    {
        var root = CommandTree.Root();
        var offered = 0;
        foreach (var (path, verb) in Leaves([], root))
        {
            foreach (var option in verb.Options.Concat(root.Options.Where(option => option.Recursive)))
            {
                foreach (var word in option.GetCompletions(CompletionContext.Empty).Select(item => item.Label))
                {
                    offered++;
                    root.Parse([.. path, option.Name, word])
                        .Errors.ShouldNotContain(error => error.Message.Contains(word), $"{option.Name} {word}");
                }
            }
        }

        offered.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("culvert tunnel list -o ", "json\nname\ntable\nwide\nyaml")]
    [InlineData("culvert tunnel list --he", "--help")]
    [InlineData("culvert tunnel list /", "")]
    public async Task Suggestions_AreExactly(string line, string words) =>
        (await Stage.RunAsync($"[suggest:{line.Length}]", line)).Out.Trim().ShouldBe(words);

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

    private static IEnumerable<(string[] Path, Command Verb)> Leaves(string[] path, Command command) =>
        command.Subcommands.Count == 0
            ? [(path, command)]
            : command.Subcommands.SelectMany(sub => Leaves([.. path, sub.Name], sub));
}
