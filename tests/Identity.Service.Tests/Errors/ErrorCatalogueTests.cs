using System.Text.RegularExpressions;
using Culvert.Identity.Service.Errors;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Errors;

public sealed partial class ErrorCatalogueTests
{
    [Fact]
    public void All_Codes_AreUniqueWellFormedAndExplained()
    {
        var all = ErrorCatalogue.All();

        all.Select(error => error.Code).ShouldBeUnique();
        all.ShouldAllBe(error => CodePattern().IsMatch(error.Code));
        all.ShouldAllBe(error => error.Meaning.Length > 0 && error.Cause.Length > 0 && error.NextStep.Length > 0);
        all.ShouldAllBe(error => error.Status >= 400 && error.Status < 600);
    }

    [GeneratedRegex("^[a-z_]+(\\.[a-z0-9_]+)?$")]
    private static partial Regex CodePattern();
}
