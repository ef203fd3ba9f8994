using Shouldly;

namespace Culvert.Documentation.Tests.Dependencies;

public sealed class DependencyPageTests
{
    private const string Renew = "CULVERT_RENEW_DOCS";

    /// <summary>For what we hand on: permissive ones, whose only duty is to keep the notice, and the public domain (blessing).</summary>
    private static readonly string[] Shippable =
    [
        "MIT",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "PostgreSQL",
        "blessing",
    ];

    /// <summary>
    /// For what only the tests run: also licences that bind those who change or distribute the work, which Culvert does
    /// not.
    /// </summary>
    private static readonly string[] Runnable =
    [
        .. Shippable,
        "0BSD",
        "BlueOak-1.0.0",
        "ISC",
        "Unlicense",
        "CC0-1.0",
        "MPL-2.0",
        "MIT AND Apache-2.0",
        "(MIT AND Zlib)",
        "(MIT OR CC0-1.0)",
        "(MIT OR GPL-3.0-or-later)",
        "(WTFPL OR MIT)",
    ];

    private static string PagePath => Repository.PathOf("docs/dependencies.md");

    [Fact]
    public void Page_InTheRepository_IsWhatTheLockFilesSay()
    {
        var expected = DependencyPage.Write();
        if (Environment.GetEnvironmentVariable(Renew) == "1")
        {
            File.WriteAllText(PagePath, expected);
        }

        File.ReadAllText(PagePath).ShouldBe(expected, $"run this test with {Renew}=1");
    }

    [Fact]
    public void Libraries_ThatProjectsOfProgramsName_HaveTheirRow() =>
        DependencyUse.All.Select(use => use.Package).ShouldBe(NuGetPackages.NamedByPrograms(), ignoreOrder: true);

    [Fact]
    public void Licence_OfWhatIsShipped_IsAllowed() =>
        NuGetPackages.Shipped().Where(package => !Shippable.Contains(package.Licence)).ShouldBeEmpty();

    [Fact]
    public void Licence_OfBuildAndTests_IsAllowed() =>
        NuGetPackages.Others().Where(package => !Runnable.Contains(package.Licence)).ShouldBeEmpty();

    [Fact]
    public void Licence_OfPeers_IsAllowed() =>
        NpmPackages.Licences().Select(row => row.Licence).Except(Runnable).ShouldBeEmpty();
}
