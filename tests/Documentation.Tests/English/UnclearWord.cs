using System.Text.RegularExpressions;

namespace Culvert.Documentation.Tests.English;

/// <summary>A construction that reference documentation does not use, and what to write instead.</summary>
internal sealed record UnclearWord(Regex Pattern, string Better)
{
    /// <summary>The list in <c>words.txt</c>.</summary>
    public static IReadOnlyList<UnclearWord> ReadAll() => [.. WordFile.ReadLines("words.txt").Select(Parse)];

    /// <summary>Reads a line whose expression distinguishes capital letters.</summary>
    public static UnclearWord ParseCaseSensitive(string line) => Parse(line, RegexOptions.CultureInvariant);

    private static UnclearWord Parse(string line) =>
        Parse(line, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static UnclearWord Parse(string line, RegexOptions options)
    {
        var parts = line.Split(" => ", 2);
        return new(new Regex(parts[0], options), parts[1]);
    }
}
