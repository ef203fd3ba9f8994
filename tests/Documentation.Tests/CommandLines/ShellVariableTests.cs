using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.CommandLines;

/// <summary>A page that uses a variable sets it or says what it is: an empty one is a wrong command line for its reader.</summary>
public sealed partial class ShellVariableTests
{
    // Of every shell.
    private static readonly string[] Everywhere = ["HOME", "PWD", "USER"];

    // What ./quickstart and docs/cli.md hand out.
    private const string Ours = "CULVERT_";

    [Fact]
    public void Variable_OfAPage_IsSetOrExplainedThere() =>
        Repository.Pages().SelectMany(page => Unset(page, File.ReadAllText(page))).ShouldBeEmpty();

    [Fact]
    public void Variable_ThatNobodySets_IsFound() =>
        Unset("page.md", "```sh run\nculvert ca upload \"$CA\" --chain \"${CHAIN}\"\n```\n").Count().ShouldBe(2);

    [Theory]
    [InlineData("```sh\nCA=$(culvert ca list -o name)\nculvert ca show \"$CA\"\n```\n")]
    [InlineData("`$CA` is its id:\n```sh\nculvert ca show \"$CA\"\n```\n")]
    [InlineData("```sh\nfor CA in one two; do culvert ca show \"$CA\"; done\n```\n")]
    public void Variable_ThatIsSetOrExplained_IsNot(string page) => Unset("page.md", page).ShouldBeEmpty();

    private static IEnumerable<string> Unset(string page, string text)
    {
        var lines = ShellBlocks.Of(page, text).ToList();
        var known = lines
            .SelectMany(line => Set().Matches(line.Text))
            .Concat(Explained().Matches(text))
            .Select(match => match.Groups["name"].Value)
            .Concat(Everywhere)
            .ToHashSet(StringComparer.Ordinal);
        return lines
            .SelectMany(line => Used().Matches(line.Text).Select(match => (line, Name: match.Groups["name"].Value)))
            .Where(use => !known.Contains(use.Name) && !use.Name.StartsWith(Ours, StringComparison.Ordinal))
            .Select(use => $"{use.line.Place}: ${use.Name} is set nowhere");
    }

    [GeneratedRegex(@"\$\{?(?<name>[A-Z][A-Z0-9_]+)")]
    private static partial Regex Used();

    [GeneratedRegex(@"(?:(?<=^|[\s;(])(?<name>[A-Z][A-Z0-9_]+)=|\b(?:for|read(?: -r)?) (?<name>[A-Z][A-Z0-9_]+))")]
    private static partial Regex Set();

    [GeneratedRegex(@"`\$?(?<name>[A-Z][A-Z0-9_]+)`")]
    private static partial Regex Explained();
}
