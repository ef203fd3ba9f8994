using System.Text.RegularExpressions;

namespace Culvert.Documentation.Tests.CommandLines;

/// <summary>What the comment at a script's head says that it takes.</summary>
internal sealed partial class ScriptUsage
{
    private readonly string script;
    private readonly HashSet<string> words;
    private readonly bool takesAnyWord;

    /// <param name="script">Its path in the repository.</param>
    /// <param name="usage">Picks the part of the head that lists options and names.</param>
    /// <param name="takesAnyWord">Whether a word that is no option may be anything, such as a part of a test's name.</param>
    private ScriptUsage(string script, Func<string, string> usage, bool takesAnyWord)
    {
        (this.script, this.takesAnyWord) = (script, takesAnyWord);
        var head = File.ReadLines(Repository.PathOf(script)).Skip(1).TakeWhile(line => line.StartsWith('#'));
        Suites = [.. SuitesIn(string.Join('\n', head))];
        words = [.. Word().Matches(usage(string.Join('\n', head))).Select(match => match.Value)];
    }

    public static ScriptUsage Test { get; } = new("test", OptionsAndSuites, takesAnyWord: true);

    public static ScriptUsage Bench { get; } = new("bench", head => head.Split('\n')[0], takesAnyWord: false);

    /// <summary>The long suites that the head lists.</summary>
    public IReadOnlyList<string> Suites { get; }

    /// <summary>Names in the head: long suites, measurements.</summary>
    public bool Knows(string word) => words.Contains(word);

    public IReadOnlyList<string> Check(IReadOnlyList<string> arguments)
    {
        List<string> faults = [];
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var isOption = argument.StartsWith('-');
            if ((isOption || !takesAnyWord) && !Knows(argument))
            {
                faults.Add($"{argument} is not in the usage of ./{script}");
            }
            else if (isOption && ++i == arguments.Count)
            {
                faults.Add($"{argument} lacks its value");
            }
            else if (argument == "--soak" && arguments[i] != "SUITE" && !Knows(arguments[i]))
            {
                faults.Add($"no long suite is called {arguments[i]}");
            }
        }

        return faults;
    }

    // The usage lines, and the names of the suites.
    private static string OptionsAndSuites(string head) =>
        string.Join('\n', [.. head.Split('\n').Take(2), .. SuitesIn(head)]);

    // "#   name  meaning": a line each, in the order of their names.
    private static IEnumerable<string> SuitesIn(string head) =>
        SuiteLine().Matches(head).Select(line => line.Groups["name"].Value);

    [GeneratedRegex(@"^#\s{2,}(?<name>[a-z]+)\s{2,}\S", RegexOptions.Multiline)]
    private static partial Regex SuiteLine();

    [GeneratedRegex(@"-{0,2}[a-z][\w-]*")]
    private static partial Regex Word();
}
