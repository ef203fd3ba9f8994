using System.Text.RegularExpressions;

namespace Culvert.Documentation.Tests.English;

/// <summary>A construction that reference documentation does not use, and what to write instead.</summary>
internal sealed record UnclearWord(Regex Pattern, string Better)
{
    /// <summary>The list in <c>words.txt</c>.</summary>
    public static IReadOnlyList<UnclearWord> ReadAll() => [.. WordFile.ReadLines("words.txt").Select(Parse)];

    private static UnclearWord Parse(string line)
    {
        var parts = line.Split(" => ", 2);
        return new(new Regex(parts[0], RegexOptions.IgnoreCase | RegexOptions.CultureInvariant), parts[1]);
    }
}
