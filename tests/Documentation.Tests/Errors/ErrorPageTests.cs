using Shouldly;

namespace Culvert.Documentation.Tests.Errors;

public sealed class ErrorPageTests
{
    private const string RenewVariable = "CULVERT_RENEW_DOCS";

    private static string PagePath => Repository.PathOf("docs/errors.md");

    public static TheoryData<string> Assemblies => [.. ErrorPage.Programs.Select(program => program.Assembly)];

    /// <summary>To renew the page, run this test with CULVERT_RENEW_DOCS=1.</summary>
    [Fact]
    public void Page_InTheRepository_IsWhatTheCataloguesSay()
    {
        var expected = ErrorPage.Write();
        if (Environment.GetEnvironmentVariable(RenewVariable) == "1")
        {
            File.WriteAllText(PagePath, expected);
        }

        File.ReadAllText(PagePath)
            .ShouldBe(
                expected,
                $"docs/errors.md is stale: {RenewVariable}=1 dotnet run --project tests/Documentation.Tests -- -class {GetType().FullName}"
            );
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Code_InEveryCatalogue_IsStableInShapeUniqueAndExplained(string assembly)
    {
        var errors = ErrorCatalogues.Of(assembly);

        errors.Select(e => e.Code).ShouldBeUnique();
        foreach (var error in errors)
        {
            error.Code.ShouldMatch("^[a-z0-9_]+([.][a-z0-9_]+)?$");
            error.Meaning.ShouldNotBeNullOrWhiteSpace(error.Code);
            error.Cause.ShouldNotBeNullOrWhiteSpace(error.Code);
            error.NextStep.ShouldNotBeNullOrWhiteSpace(error.Code);
        }
    }

    [Fact]
    public void Reason_OfEveryEnum_IsExplained() =>
        ErrorPage
            .Reasons.SelectMany(reasons => reasons.Members())
            .ShouldAllBe(member => !string.IsNullOrWhiteSpace(member.Meaning));
}
