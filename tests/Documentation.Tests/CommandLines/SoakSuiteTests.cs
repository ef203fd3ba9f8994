using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.CommandLines;

public sealed partial class SoakSuiteTests
{
    [Fact]
    public void Suite_OfAnyTest_IsInTheHelpOfTheScript()
    {
        var suites = Repository
            .TestSources()
            .SelectMany(file => SoakTrait().Matches(File.ReadAllText(file)))
            .Select(trait => trait.Groups["suite"].Value)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();

        suites.ShouldNotBeEmpty();
        ScriptUsage.Test.Suites.ShouldBe(suites);
    }

    [GeneratedRegex("""Trait\(Soak\.Name, "(?<suite>[a-z]+)"\)\]""")]
    private static partial Regex SoakTrait();
}
