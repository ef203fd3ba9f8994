using System.Text.RegularExpressions;

namespace Culvert.Documentation.Tests.CommandLines;

/// <summary>Finds what a reader would type: the fenced blocks of a page that are a shell's.</summary>
internal static partial class ShellBlocks
{
    private const string Fence = "```";

    private const string Prompt = "$ ";

    public static IEnumerable<ShellLine> Of(string page, string text)
    {
        var (lines, heading) = (text.Split('\n'), "");
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].TrimStart().StartsWith(Fence, StringComparison.Ordinal))
            {
                heading = lines[i].StartsWith('#') ? lines[i].TrimStart('#', ' ') : heading;
                continue;
            }

            var (begin, info) = (i + 1, lines[i].Trim()[Fence.Length..]);
            do
            {
                i++;
            } while (i < lines.Length && !lines[i].TrimStart().StartsWith(Fence, StringComparison.Ordinal));

            if (IsShell(info))
            {
                foreach (var (number, line) in LinesOf(begin + 1, lines[begin..Math.Min(i, lines.Length)]))
                {
                    yield return new ShellLine(page, number, heading, info, line);
                }
            }
        }
    }

    // A block without a name may contain anything, diagrams too: those contain no call of a Culvert program.
    private static bool IsShell(string info) => info.Split(' ')[0] is "" or "sh" or "bash" or "console";

    private static IEnumerable<(int Number, string Text)> LinesOf(int first, string[] lines)
    {
        var shows = Array.Exists(lines, line => line.TrimStart().StartsWith(Prompt, StringComparison.Ordinal));
        for (var i = 0; i < lines.Length; i++)
        {
            var (number, text) = (first + i, lines[i].TrimStart());
            if (shows && !text.StartsWith(Prompt, StringComparison.Ordinal))
            {
                continue; // what the program answered
            }

            text = shows ? text[Prompt.Length..] : text;
            while (text.EndsWith('\\') && i + 1 < lines.Length)
            {
                text = text[..^1] + lines[++i].TrimStart();
            }

            if (HereDocument().Match(text) is { Success: true } here)
            {
                do
                {
                    i++;
                } while (i < lines.Length && lines[i].Trim() != here.Groups["end"].Value);
            }

            yield return (number, text);
        }
    }

    [GeneratedRegex("""<<-?\s*['"]?(?<end>\w+)""")]
    private static partial Regex HereDocument();
}
