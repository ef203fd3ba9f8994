using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Text;

/// <summary>Traces link to these pages: what they link to must be there.</summary>
public sealed partial class ExplainPageTests
{
    private const string Federation = "src/Identity.Service/Federation";

    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs/explain.md"));

    [Fact]
    public void Reason_OfADenial_HasAnAnchor()
    {
        var source = File.ReadAllText(Repository.PathOf($"{Federation}/Assertions/DenialReason.cs"));

        Member()
            .Matches(source)
            .Select(match => JsonNamingPolicy.SnakeCaseLower.ConvertName(match.Groups["name"].Value))
            .Where(reason => !Page.Contains($"<a id=\"{reason}\"></a>`{reason}`", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Hint_OfTheCatalogue_IsInThePage() =>
        Directory
            .EnumerateFiles(Repository.PathOf($"{Federation}/Explain/Hints"), "*.cs")
            .SelectMany(file => Code().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["code"].Value)
            .Where(code => !Page.Contains($"| `{code}` |", StringComparison.Ordinal))
            .ShouldBeEmpty();

    [Fact]
    public void FailClosedRow_NamesATestThatExists()
    {
        var tests = string.Concat(Repository.TestSources().Select(File.ReadAllText));

        Test()
            .Matches(File.ReadAllText(Repository.PathOf("docs/fail-closed.md")))
            .Select(match => match.Groups["test"].Value)
            .Where(test => !tests.Contains($" {test}(", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [GeneratedRegex(@"^    (?<name>[A-Z]\w+),$", RegexOptions.Multiline)]
    private static partial Regex Member();

    [GeneratedRegex("string Code => \"(?<code>[a-z_]+)\"")]
    private static partial Regex Code();

    [GeneratedRegex(@"`(?<test>[A-Z]\w+_\w+_\w+)`")]
    private static partial Regex Test();
}
