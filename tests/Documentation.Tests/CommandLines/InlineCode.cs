using System.Text.RegularExpressions;

namespace Culvert.Documentation.Tests.CommandLines;

/// <summary>Finds what a page says in code within its sentences.</summary>
internal static partial class InlineCode
{
    private const string Fence = "```";

    public static IEnumerable<ShellLine> Of(string page, string text)
    {
        var isBlock = false;
        foreach (var (number, line) in text.Split('\n').Index())
        {
            if (line.TrimStart().StartsWith(Fence, StringComparison.Ordinal))
            {
                isBlock = !isBlock;
            }
            else if (!isBlock)
            {
                foreach (Match code in Code().Matches(line))
                {
                    yield return new ShellLine(page, number + 1, "", "", code.Groups["text"].Value);
                }
            }
        }
    }

    [GeneratedRegex(
        "`(?<text>(?:culvert|identity-service|tunnel-agent|tunnel-edge|./quickstart|./test|./bench) [^`]+)`"
    )]
    private static partial Regex Code();
}
