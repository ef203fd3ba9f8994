using Shouldly;

namespace Culvert.Documentation.Tests.Dependencies;

public sealed class AuditExceptionsTests
{
    private static readonly DateOnly Today = new(2026, 11, 23);

    [Fact]
    public void List_InTheRepository_HoldsNothingThatHasEnded() =>
        AuditExceptions
            .FaultsOf(
                File.ReadAllText(Repository.PathOf("AuditExceptions.props")),
                DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime)
            )
            .ShouldBeEmpty();

    [Theory]
    [InlineData("""Reason="not reachable" Until="2026-11-23" """, null)]
    [InlineData("""Reason="not reachable" Until="2027-02-21" """, null)]
    [InlineData("""Reason="not reachable" Until="2026-11-22" """, "ended on 2026-11-22")]
    [InlineData("""Reason="not reachable" Until="2027-02-22" """, "more than 90 days ahead")]
    [InlineData("""Reason="not reachable" Until="soon" """, "has no Until")]
    [InlineData("""Reason="not reachable" """, "has no Until")]
    [InlineData("""Reason=" " Until="2026-11-23" """, "has no Reason")]
    public void Exception_NeedsAReasonAndAnEndToCome(string attributes, string? fault)
    {
        var xml = $"""<Project><ItemGroup><NuGetAuditSuppress Include="GHSA-1" {attributes}/></ItemGroup></Project>""";

        var faults = AuditExceptions.FaultsOf(xml, Today);

        if (fault is null)
        {
            faults.ShouldBeEmpty();
        }
        else
        {
            faults.ShouldHaveSingleItem().ShouldStartWith("GHSA-1: ");
            faults[0].ShouldContain(fault);
        }
    }

    /// <summary>Only this place may switch the audit off or turn a weakness into a warning.</summary>
    [Fact]
    public void Build_TakesEveryWeaknessOfAPackageForAnError()
    {
        var props = File.ReadAllText(Repository.PathOf("Directory.Build.props"));

        props.ShouldContain("<NuGetAudit>true</NuGetAudit>");
        props.ShouldContain("<NuGetAuditMode>all</NuGetAuditMode>");
        props.ShouldContain("<NuGetAuditLevel>low</NuGetAuditLevel>");
        props.ShouldContain("<TreatWarningsAsErrors>true</TreatWarningsAsErrors>");
        props.ShouldNotMatch(@"\bNU1901\b");
    }
}
