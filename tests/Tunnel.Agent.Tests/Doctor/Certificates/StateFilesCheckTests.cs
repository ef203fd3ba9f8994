using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

public sealed class StateFilesCheckTests : IDisposable
{
    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_FilesOfTheOwner_Passes()
    {
        scene.Write("state/platform.json", "{}");

        Run().Status.ShouldBe(DoctorStatus.Pass);
    }

    [Fact]
    public void Run_NoFolderYet_CannotTell()
    {
        var facts = scene.Facts();
        Directory.Delete(scene.StateFolder);

        FileChecks.CheckStateFiles(facts).Status.ShouldBe(DoctorStatus.Skip);
    }

    [Fact]
    public void Run_KeyFileOpenToOthers_FailsAndNamesIt()
    {
        scene.Write("state/platform.json", "{}", (UnixFileMode)0b110_100_000);

        var finding = Run();

        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Summary.ShouldContain("platform.json is open to others");
    }

    [Fact]
    public void Run_FolderOpenToOthers_Fails()
    {
        File.SetUnixFileMode(scene.StateFolder, (UnixFileMode)0b111_101_101);

        Run().Status.ShouldBe(DoctorStatus.Fail);
    }

    [Fact]
    public void Run_FileThatCannotBeUsed_Fails()
    {
        var facts = scene.Facts();

        FileChecks
            .CheckStateFiles(facts with { State = facts.State with { Unusable = ["/state/feed.json"] } })
            .Summary.ShouldContain("/state/feed.json cannot be used");
    }

    private DoctorFinding Run() => FileChecks.CheckStateFiles(scene.Facts());
}
