using Culvert.Identity.Service.Doctor;
using Culvert.Platform.Doctor;
using Culvert.Platform.Secrets;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class HsmFilesCheckTests : IDisposable
{
    private readonly ServiceScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_ModuleAndPinOurs_Passes() => Run().Status.ShouldBe(DoctorStatus.Pass);

    [Fact]
    public void Run_NoHsm_DoesNotApply() => new HsmFilesCheck().Run(scene.Facts()).Status.ShouldBe(DoctorStatus.Skip);

    [Fact]
    public void Run_ModuleThatOthersMayWrite_Fails() =>
        Run((UnixFileMode)0b111_111_101).Summary.ShouldContain("can be changed by others");

    [Fact]
    public void Run_ModuleIsGone_Fails() =>
        new HsmFilesCheck()
            .Run(scene.WithHsm(scene.PathOf("gone.so"), () => "1"))
            .Summary.ShouldContain("does not exist");

    [Fact]
    public void Run_PinOpenToOthers_FailsAndDoesNotShowIt()
    {
        var pin = scene.Write("pin", "the-pin-itself", (UnixFileMode)0b110_100_100);
        var finding = new HsmFilesCheck().Run(
            scene.WithHsm(scene.Write("module.so", ""), () => PrivateFile.ReadText(pin))
        );

        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Summary.ShouldContain("chmod 600");
        new DoctorReport(Checks: [finding]).ToText().ShouldNotContain("the-pin-itself");
    }

    private DoctorFinding Run(UnixFileMode mode = (UnixFileMode)0b110_100_100) =>
        new HsmFilesCheck().Run(scene.WithHsm(scene.Write("module.so", "", mode), () => "1"));
}
