using Culvert.Identity.Service.Doctor;
using Culvert.Platform.Doctor;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class StateDirectoryCheckTests : IDisposable
{
    private readonly ServiceScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_OwnFolder_Passes() => Run().Status.ShouldBe(DoctorStatus.Pass);

    [Fact]
    public void Run_OpenToOthers_FailsWithTheCommand()
    {
        File.SetUnixFileMode(scene.PathOf(""), (UnixFileMode)0b111_101_000);

        Run().Next.ShouldHaveSingleItem().ShouldStartWith("chmod 700 ");
    }

    [Fact]
    public void Run_NotThere_Fails()
    {
        var facts = scene.Facts();

        new StateDirectoryCheck()
            .Run(facts with { Options = facts.Options with { StateDirectory = scene.PathOf("gone") } })
            .Summary.ShouldContain("does not exist");
    }

    private DoctorFinding Run() => new StateDirectoryCheck().Run(scene.Facts());
}
