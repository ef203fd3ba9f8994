using Culvert.Identity.Service.Doctor;
using Culvert.Platform.Doctor;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class ClockCheckTests : IDisposable
{
    private readonly ServiceScene scene = new();

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData(-3600, DoctorStatus.Pass)]
    [InlineData(30, DoctorStatus.Pass)]
    [InlineData(31, DoctorStatus.Fail)]
    public void Run_NewestRecordAhead_OnBothSidesOfTheLeeway(int seconds, DoctorStatus expected) =>
        Run(new StoreState { NewestEntry = scene.Now.AddSeconds(seconds) }).Status.ShouldBe(expected);

    [Fact]
    public void Run_NothingRecorded_CannotTell() => Run(new StoreState()).Status.ShouldBe(DoctorStatus.Skip);

    private DoctorFinding Run(StoreState store) => new ClockCheck().Run(scene.Facts() with { Store = store });
}
