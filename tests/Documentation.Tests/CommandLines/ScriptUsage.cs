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
        words = [.. Word().Matches(usage(string.Join('\n', head))).Select(match => match.Value)];
    }

    public static ScriptUsage Test { get; } = new("test", OptionsAndSuites, takesAnyWord: true);

    public static ScriptUsage Bench { get; } = new("bench", head => head.Split('\n')[0], takesAnyWord: false);

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

    // The first two lines, and the list that "its full size: " begins.
    private static string OptionsAndSuites(string head)
    {
        var suites = head[(head.IndexOf("full size:", StringComparison.Ordinal) + 10)..];
        return string.Join('\n', head.Split('\n').Take(2)) + suites[..suites.IndexOf('.', StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"-{0,2}[a-z][\w-]*")]
    private static partial Regex Word();
}
