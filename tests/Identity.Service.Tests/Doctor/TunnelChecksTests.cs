using Culvert.Identity.Service.Doctor;
using Culvert.Platform.Doctor;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Doctor;

public sealed class TunnelChecksTests : IDisposable
{
    private readonly ServiceScene scene = new();

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData(9, DoctorStatus.Pass)]
    [InlineData(10, DoctorStatus.Warn)]
    [InlineData(11, DoctorStatus.Warn)]
    public void Limit_OnBothSides(int tunnels, DoctorStatus expected)
    {
        var finding = new TunnelLimitCheck().Run(
            With(new StoreState { Organizations = [("org_1", "Corp", tunnels), ("org_2", "Other", 1)] })
        );

        finding.Status.ShouldBe(expected);
        finding.Evidence.ShouldBe([$"Corp (org_1): {tunnels}", "Other (org_2): 1"]);
        (finding.Next.Count > 0).ShouldBe(expected == DoctorStatus.Warn);
    }

    [Fact]
    public void Certificates_NothingUnusual_Pass() =>
        new TunnelCertificatesCheck().Run(With(new StoreState())).Status.ShouldBe(DoctorStatus.Pass);

    [Fact]
    public void Certificates_NoneOrNoRoom_WarnsAndNamesTheTunnels()
    {
        var finding = new TunnelCertificatesCheck().Run(
            With(new StoreState { UnusualTunnels = [("tnl_1", 0, 0), ("tnl_2", 3, 2)] })
        );

        finding.Status.ShouldBe(DoctorStatus.Warn);
        finding.Summary.ShouldBe("1 tunnels without a certificate, 1 without room for another.");
        finding.Evidence.ShouldBe(["tnl_1: no certificate", "tnl_2: 2 slots, none left"]);
        finding.Next.Count.ShouldBe(4);
        finding.Next[1].ShouldContain("culvert ca register NAME --tunnel tnl_1");
        finding.Next[3].ShouldContain("culvert tunnel cert archive ID");
    }

    [Fact]
    public void Certificates_NoneMissing_SaysHowToMakeRoomAlone() =>
        new TunnelCertificatesCheck()
            .Run(With(new StoreState { UnusualTunnels = [("tnl_2", 3, 2)] }))
            .Next.ShouldBe(["To make room: culvert tunnel cert list TUNNEL, then culvert tunnel cert archive ID"]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NoDatabase_CannotTell(bool isAway)
    {
        var facts = With(isAway ? new StoreState { Error = "away" } : new StoreState { Pending = ["0001"] });

        new TunnelLimitCheck().Run(facts).Status.ShouldBe(DoctorStatus.Skip);
        new TunnelCertificatesCheck().Run(facts).Status.ShouldBe(DoctorStatus.Skip);
    }

    private ServiceFacts With(StoreState store) => scene.Facts() with { Store = store };
}
