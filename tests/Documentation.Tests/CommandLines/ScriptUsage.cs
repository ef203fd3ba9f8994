using System.Text.RegularExpressions;

namespace Culvert.Documentation.Tests.CommandLines;

/// <summary>What the comment at the head of a script says that it takes.</summary>
internal sealed partial class ScriptUsage
{
    private readonly string script;
    private readonly IReadOnlyList<string> words;
    private readonly HashSet<string> optionsWithValue;
    private readonly bool takesAnyWord;

    /// <param name="script">Its path in the repository.</param>
    /// <param name="words">Picks the options and names out of the head.</param>
    /// <param name="takesAnyWord">Whether a word that is not an option may be anything, such as a part of a test's name.</param>
    private ScriptUsage(string script, Regex words, bool takesAnyWord)
    {
        (this.script, this.takesAnyWord) = (script, takesAnyWord);
        var head = string.Join(
            '\n',
            File.ReadLines(Repository.PathOf(script)).Skip(1).TakeWhile(line => line.StartsWith('#'))
        );
        this.words = [.. words.Matches(head).Select(match => match.Groups["word"].Value)];
        optionsWithValue = [.. OptionWithValue().Matches(head).Select(match => match.Groups["word"].Value)];
    }

    public static ScriptUsage Test { get; } = new("test", OptionOrSuite(), takesAnyWord: true);

    public static ScriptUsage Bench { get; } = new("bench", WordOfUsage(), takesAnyWord: false);

    public static ScriptUsage Release { get; } = new("release", OptionOrSuite(), takesAnyWord: false);

    /// <summary>The long suites that the head lists.</summary>
    public IReadOnlyList<string> Suites => [.. words.Where(word => !word.StartsWith('-'))];

    /// <summary>Names in the head: long suites, measurements.</summary>
    public bool Knows(string word) => words.Contains(word);

    public IReadOnlyList<string> Check(IReadOnlyList<string> arguments)
    {
        List<string> errors = [];
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if ((argument.StartsWith('-') || !takesAnyWord) && !Knows(argument))
            {
                errors.Add($"{argument} is not in the usage of ./{script}");
            }
            else if (optionsWithValue.Contains(argument) && ++i == arguments.Count)
            {
                errors.Add($"{argument} lacks its value");
            }
            else if (argument == "--soak" && arguments[i] != "SUITE" && !Knows(arguments[i]))
            {
                errors.Add($"no long suite is called {arguments[i]}");
            }
        }

        return errors;
    }

    [GeneratedRegex(@"(?<word>--[a-z][\w-]*) [A-Z]")]
    private static partial Regex OptionWithValue();

    // Options anywhere; a suite begins an indented line and is followed by its meaning.
    [GeneratedRegex(@"(?<word>--[a-z][\w-]*)|^# {10}(?<word>[a-z][\w-]*)  ", RegexOptions.Multiline)]
    private static partial Regex OptionOrSuite();

    // Every word of the head's first line.
    [GeneratedRegex(@"(?<=\A[^\n]*)(?<word>-{0,2}[a-z][\w-]*)")]
    private static partial Regex WordOfUsage();
}
