using Culvert.Identity.Service.Doctor;
using Culvert.Platform.Doctor;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class SealingKeyCheckTests : IDisposable
{
    private readonly ServiceScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_OpensTheCanary_Passes() => Run(new StoreState()).Status.ShouldBe(DoctorStatus.Pass);

    [Fact]
    public void Run_DoesNotOpenIt_Fails() =>
        Run(new StoreState { SealingError = "open to others" }).Summary.ShouldBe("open to others");

    [Fact]
    public void Run_NoDatabase_CannotTell() =>
        Run(new StoreState { Error = "away" }).Status.ShouldBe(DoctorStatus.Skip);

    [Fact]
    public void Backup_IsAReminderThatNeverFails()
    {
        var finding = new SealingKeyBackupCheck().Run(scene.Facts());

        finding.Status.ShouldBe(DoctorStatus.Skip);
        finding.Summary.ShouldContain("sealing.key apart from the database's backup?");
    }

    private DoctorFinding Run(StoreState store) => new SealingKeyCheck().Run(scene.Facts() with { Store = store });
}
