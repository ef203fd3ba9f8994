using System.Text.RegularExpressions;

namespace Culvert.Deployment.Tests.Text;

/// <summary>Every command of our programs on these pages exists, with every flag that is given to it.</summary>
public sealed partial class CommandTests
{
    private static readonly string[] Programs = ["identity-service", "tunnel-edge", "tunnel-agent", "culvert"];

    public static TheoryData<string> Pages => ["docs/alerts.md", "docs/deployment.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task EveryCommand_OfThePage_IsKnownToItsProgram(string page)
    {
        var text = (
            await File.ReadAllTextAsync(Repository.PathOf(page), TestContext.Current.CancellationToken)
        ).Replace("\\\n", " ");
        var blocks = string.Join('\n', Block().Matches(text).Select(match => match.Value));
        var commands = Line()
            .Matches(blocks)
            .Concat(Inline().Matches(Block().Replace(text, "")))
            .Select(match => Blanks().Replace(match.Groups["line"].Value, " ").Trim().Split(' '))
            .Where(words => Programs.Contains(words[0]) && words.Length > 1)
            .DistinctBy(words => string.Join(' ', words))
            .ToList();

        commands.Count.ShouldBeGreaterThan(2);
        foreach (var words in commands)
        {
            var verbs = words.Skip(1).TakeWhile(word => Verb().IsMatch(word)).ToArray();
            var help = await Tool.RunAsync(Repository.Published(words[0]), [.. verbs, "--help"]);
            var usage = Usage().Match(help.Output).Groups["usage"].Value.Split(' ');

            // A word that is not a verb must be an argument, and the usage must show that there is one.
            var unknown = verbs.SkipWhile(word => usage.Contains(word)).ToList();
            (unknown.Count == 0 || usage.Any(word => word.StartsWith('<') && word != "<COMMAND>")).ShouldBeTrue(
                $"{page}: {string.Join(' ', words)}: {help.Text}"
            );
            foreach (var flag in words.Where(word => word.StartsWith("--")).Select(word => word.Split('=')[0]))
            {
                help.Output.ShouldContain(flag, Case.Sensitive, $"{page}: {string.Join(' ', words)}");
            }
        }
    }

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(
        "^ *(?<line>(?:identity-service|tunnel-edge|tunnel-agent|culvert) [^\n|]+)",
        RegexOptions.Multiline
    )]
    private static partial Regex Line();

    [GeneratedRegex("`(?<line>[^`]+)`")]
    private static partial Regex Inline();

    [GeneratedRegex("^[a-z][a-z-]*$")]
    private static partial Regex Verb();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"Usage:\s*\n\s*(?<usage>[^\n]+)")]
    private static partial Regex Usage();
}
