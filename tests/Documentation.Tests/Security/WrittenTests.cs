using System.Text.RegularExpressions;

namespace Culvert.Documentation.Tests.Security;

/// <summary>
/// The tests that the sources have, by what a page calls them: a class, or a class and a method of it. Tables name their
/// project too: <c>Project:Class.Method</c>.
/// </summary>
internal sealed partial class WrittenTests
{
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    private WrittenTests(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var text = File.ReadAllText(file);
            var project = Path.GetRelativePath(Repository.PathOf("tests"), file).Split(Path.DirectorySeparatorChar)[0];
            var types = Class().Matches(text);
            foreach (Match method in Method().Matches(text))
            {
                // The section that contains it.
                var type = types.LastOrDefault(found => found.Index < method.Index)?.Groups["name"].Value;
                names.Add($"{type}");
                names.Add($"{type}.{method.Groups["name"].Value}");
                names.Add($"{project}:{type}.{method.Groups["name"].Value}");
            }
        }
    }

    public static WrittenTests Read() => new(Repository.TestSources());

    public bool Has(string name) => names.Contains(name);

    // Of the file's own level: suites that run on several databases have nested ones without a body.
    [GeneratedRegex(@"^(?:\w+ )+class (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Class();

    // An attribute of xunit, and the first method below it; others may stand between.
    [GeneratedRegex(
        @"\[(?:Fact|Theory)\b.*?\b(?:public|internal) (?:async )?[\w<>]+ (?<name>\w+)\(",
        RegexOptions.Singleline
    )]
    private static partial Regex Method();
}
