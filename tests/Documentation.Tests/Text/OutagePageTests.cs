using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Text;

/// <summary>Each promise of what continues to work without a component is kept by a test that exists.</summary>
public sealed partial class OutagePageTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs/outages.md"));

    [Fact]
    public void Row_OfAnOutage_NamesTestsThatExist()
    {
        var tests = Directory
            .EnumerateFiles(Repository.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
            .SelectMany(file => Method().Matches(File.ReadAllText(file)).Select(m => m.Groups["name"].Value))
            .ToHashSet(StringComparer.Ordinal);
        var rows = Page.Split("\n## ")[0]
            .Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Skip(1)
            .Select(line => line.Split('|')[^2])
            .ToList();

        rows.Count.ShouldBeGreaterThan(10);
        rows.Where(proof => !Name().IsMatch(proof)).ShouldBeEmpty();
        rows.SelectMany(proof => Name().Matches(proof).Select(m => m.Groups["name"].Value))
            .Where(name => !tests.Contains(name))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Service")]
    [InlineData("Database")]
    [InlineData("IdP")]
    [InlineData("Edge")]
    [InlineData("Agent")]
    [InlineData("HSM")]
    public void Part_ThatCanBeAway_HasARow(string part) => Page.ShouldContain($"\n| {part}");

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (?<name>\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex("`(?<name>[A-Z]\\w+_\\w+)`")]
    private static partial Regex Name();
}
