using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Attacks;

/// <summary>The catalogue of attacks on federation: no row is without a test that says it proves it.</summary>
public sealed partial class AttackCatalogueTests
{
    private const int Rows = 62;

    [Fact]
    public void Row_OfTheCatalogue_HasATest()
    {
        var proved = Repository
            .TestSources()
            .SelectMany(file => Trait().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["row"].Value)
            .ToHashSet(StringComparer.Ordinal);

        Enumerable
            .Range(1, Rows)
            .Select(row => string.Create(CultureInfo.InvariantCulture, $"A{row:00}"))
            .Where(row => !proved.Contains(row))
            .ShouldBeEmpty();
    }

    [GeneratedRegex("Trait\\(\"Attack\", \"(?<row>A\\d{2})\"\\)")]
    private static partial Regex Trait();
}
