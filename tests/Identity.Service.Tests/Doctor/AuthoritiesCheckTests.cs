using Culvert.Identity.Service.Certificates.Health;
using Culvert.Identity.Service.Doctor;
using Culvert.Platform.Doctor;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class AuthoritiesCheckTests : IDisposable
{
    private readonly ServiceScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_TimeLeft_PassesAndNamesTheFirstToEnd()
    {
        var finding = Run(scene.Now);

        finding.Status.ShouldBe(DoctorStatus.Pass);
        finding.Summary.ShouldBe("The first to expire is platform issuing: 60 days left.");
        finding.Evidence.Count.ShouldBe(2, "the platform's always, others when they end soon");
    }

    [Theory]
    [InlineData(57, DoctorStatus.Pass)] // three days are the last of the notices
    [InlineData(58, DoctorStatus.Fail)]
    [InlineData(61, DoctorStatus.Fail)]
    public void Run_LastDays_OnBothSides(int days, DoctorStatus expected) =>
        Run(scene.Now.AddDays(days)).Status.ShouldBe(expected);

    [Fact]
    public void Run_TunnelAuthorityEnds_SaysWhichCommandShowsMore()
    {
        var facts = scene.Facts();
        var store = facts.Store with
        {
            Authorities = [new AuthorityEnd("certificate_authority", "ca_2", "Corp", scene.Now.AddDays(2))],
        };

        new AuthoritiesCheck().Run(facts with { Store = store }).Next[0].ShouldStartWith("culvert ca status ca_2");
    }

    [Fact]
    public void Run_NoDatabase_CannotTell() =>
        new AuthoritiesCheck()
            .Run(scene.Facts() with { Store = new StoreState { Error = "away" } })
            .Status.ShouldBe(DoctorStatus.Skip);

    private DoctorFinding Run(DateTimeOffset now) => new AuthoritiesCheck().Run(scene.Facts() with { Now = now });
}
