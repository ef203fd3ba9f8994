using System.CommandLine;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Tests.Commands;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Reference;

/// <summary>Nothing that is promised goes missing, and nothing is there that is not promised.</summary>
public sealed class CommandTableTests : CommandTest
{
    private static readonly string[] Global =
    [
        "--profile",
        "--url",
        "--ca-file",
        "--ca-sha256",
        "--admin-key-file",
        "--organization",
        "--workspace",
        "--output",
        "-o",
        "--quiet",
        "--verbose",
        "--timeout",
        "--dry-run",
        "--help",
    ];

    [Fact]
    public async Task EveryPromisedVerb_HasItsFlagsAndTheGlobalOnes()
    {
        List<string> missing = [];
        foreach (var line in CommandTable.Lines)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var path = Existing(words);
            var run = await Stage.RunAsync([.. path, "--help"]);

            run.ExitCode.ShouldBe(ExitCode.Done, line);
            // The rest of a line are its flags, its arguments in capitals, and words that its help explains.
            var own = words[path.Length..];
            missing.AddRange(own.Concat(Global).Where(word => !Shows(run.Out, word)).Select(word => $"{line}: {word}"));
        }

        missing.ShouldBeEmpty();
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public void EveryVerb_IsPromised()
    {
        var promised = CommandTable.Lines.Select(line => string.Join(' ', Existing(line.Split(' ')))).ToHashSet();

        Leaves(CulvertCommand.Describe(), "").Where(path => !promised.Contains(path)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(ExitCode.Done, 0)]
    [InlineData(ExitCode.Failed, 1)]
    [InlineData(ExitCode.CheckFailed, 2)]
    [InlineData(ExitCode.Refused, 3)]
    [InlineData(ExitCode.Usage, 64)]
    [InlineData(ExitCode.Unreachable, 69)]
    [InlineData(ExitCode.TryAgain, 75)]
    [InlineData(ExitCode.Configuration, 78)]
    [InlineData(ExitCode.Interrupted, 130)]
    public void ExitCodes_AreTheDocumentedOnes(int code, int documented) => code.ShouldBe(documented);

    private static bool Shows(string help, string word) =>
        help.Split([' ', ',', '<', '>', '[', ']', '(', ')', '|', '\n', '\r', '\t'], StringSplitOptions.None)
            .Contains(word, StringComparer.Ordinal);

    // As many of the words as lead down the tree.
    private static string[] Existing(string[] words)
    {
        Command command = CulvertCommand.Describe();
        var depth = 0;
        while (
            depth < words.Length && command.Subcommands.FirstOrDefault(verb => verb.Name == words[depth]) is { } next
        )
        {
            command = next;
            depth++;
        }

        return command.Subcommands.Count == 0
            ? words[..depth]
            : throw new InvalidOperationException($"there is no command {string.Join(' ', words)}");
    }

    private static IEnumerable<string> Leaves(Command command, string path) =>
        command.Subcommands.Count == 0
            ? [path]
            : command.Subcommands.SelectMany(verb =>
                Leaves(verb, path.Length == 0 ? verb.Name : $"{path} {verb.Name}")
            );
}
