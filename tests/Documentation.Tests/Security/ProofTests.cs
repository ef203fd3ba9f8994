using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Documentation.Tests.Security;

/// <summary>What the pages claim of security is proved by tests that exist.</summary>
public sealed partial class ProofTests
{
    private const string Model = "docs/security-model.md";

    private const string Rules = "docs/security-rules.md";

    private const string Fuzzed = "Fuzzed readers";

    private static readonly WrittenTests Tests = WrittenTests.Read();

    [Theory]
    [InlineData(Model, "Threats", 35)]
    [InlineData(Model, "Paths without a credential", 10)]
    [InlineData(Model, Fuzzed, 15)]
    [InlineData(Rules, "Proofs", 33)]
    public void Row_OfTheTable_NamesTestsThatExist(string page, string heading, int atLeast)
    {
        var table = ProofTable.Read(page, heading);

        table.Rows.Count.ShouldBeGreaterThanOrEqualTo(atLeast);
        table.Faults(Tests).ShouldBeEmpty();
    }

    [Fact]
    public void Rule_ThatIsWrittenDown_HasItsRow()
    {
        var proved = ProofTable.Read(Rules, "Proofs").Rows.Select(row => row.Subject).ToList();
        var written = Rule()
            .Matches(File.ReadAllText(Repository.PathOf(Rules)))
            .Select(match => match.Groups["rule"].Value);

        proved.ShouldBe(written);
    }

    /// <summary>A reader that is fuzzed and not in the table, as by its test's name, would be forgotten by the next change.</summary>
    [Fact]
    public void Test_OfAnyBytes_IsInTheTableOfFuzzedReaders()
    {
        var table = ProofTable.Read(Model, Fuzzed).Rows.SelectMany(row => row.Tests).ToHashSet(StringComparer.Ordinal);

        Repository
            .TestSources()
            .Where(file => AnyBytes().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(test =>
                !table.Contains(test) && !table.Any(name => name.StartsWith($"{test}.", StringComparison.Ordinal))
            )
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ProofTests", true)]
    [InlineData("ProofTests.Rule_ThatIsWrittenDown_HasItsRow", true)]
    [InlineData("ProofTests.Rule_ThatIsNot_HasNone", false)]
    [InlineData("ProofRow", false)]
    public void Written_NameOfATest_IsKnown(string name, bool known) => Tests.Has(name).ShouldBe(known);

    [GeneratedRegex(@"^- \*\*(?<rule>S\d{1,2}b?)\b", RegexOptions.Multiline)]
    private static partial Regex Rule();

    [GeneratedRegex(@"void \w+_Any(?:Bytes|ExpressionOnAnyClaims)\w*\(")]
    private static partial Regex AnyBytes();
}
