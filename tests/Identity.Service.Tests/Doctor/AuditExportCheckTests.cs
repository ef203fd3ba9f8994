using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Doctor;
using Culvert.Identity.Service.Status.Checks;
using Culvert.Platform.Doctor;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class AuditExportCheckTests : IDisposable
{
    private readonly ServiceScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_NoTarget_DoesNotApply() =>
        new AuditExportCheck().Run(scene.Facts()).Status.ShouldBe(DoctorStatus.Skip);

    [Theory]
    [InlineData(0, DoctorStatus.Pass)]
    [InlineData(15 * 60, DoctorStatus.Pass)]
    [InlineData((15 * 60) + 1, DoctorStatus.Warn)]
    public void Run_Lag_OnBothSidesOfFifteenMinutes(int seconds, DoctorStatus expected) =>
        Run(new FileTarget(scene.Write("audit.jsonl", "")), seconds).Status.ShouldBe(expected);

    [Fact]
    public void Run_TwoTargetsLag_NamesBoth()
    {
        var facts = scene.Facts();
        var late = facts.Now.AddMinutes(-20);

        var found = new AuditExportCheck().Run(
            facts with
            {
                Options = facts.Options with
                {
                    AuditTargets = [new SyslogTarget("siem.example.com", 6514, CaFile: null)],
                },
                Store = facts.Store with { AuditLags = [("one", late), ("two", late)] },
            }
        );

        found.Summary.ShouldBe(
            "Audit target one lacks entries of 20 minutes. Audit target two lacks entries of 20 minutes."
        );
        AuditExportStatus.Judge("one", late, facts.Now)!.Status.ShouldBe(DoctorStatus.Fail);
    }

    [Fact]
    public void Run_FileThatIsNotThereYet_Passes() =>
        Run(new FileTarget(scene.PathOf("audit.jsonl"))).Status.ShouldBe(DoctorStatus.Pass);

    [Fact]
    public void Run_FileOpenToOthers_Fails() =>
        Run(new FileTarget(scene.Write("audit.jsonl", "", (UnixFileMode)0b110_100_000)))
            .Summary.ShouldContain("is open to others");

    [Fact]
    public void Run_FolderIsGone_Fails() =>
        Run(new FileTarget(scene.PathOf("gone/audit.jsonl"))).Summary.ShouldContain("does not exist");

    [Theory]
    [InlineData("", "contains no certificate")]
    [InlineData(null, "gone.pem")]
    public void Run_RootsThatAreNone_Fail(string? text, string why)
    {
        var file = text is null ? scene.PathOf("gone.pem") : scene.Write("ca.pem", text);

        var finding = Run(new SyslogTarget("siem.example.com", 6514, file));

        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Summary.ShouldContain(why);
    }

    private DoctorFinding Run(AuditTarget target, int lagSeconds = 0)
    {
        var facts = scene.Facts();
        return new AuditExportCheck().Run(
            facts with
            {
                Options = facts.Options with { AuditTargets = [target] },
                Store = facts.Store with { AuditLags = [(target.Name, facts.Now.AddSeconds(-lagSeconds))] },
            }
        );
    }
}
