using Culvert.Machine.Client.State;
using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

public sealed class PlatformCertificateCheckTests : IDisposable
{
    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_InItsLife_PassesAndShowsTheRenewalWindow()
    {
        var finding = Run(scene.Facts());

        finding.Status.ShouldBe(DoctorStatus.Pass);
        finding.Summary.ShouldBe("It is valid for another 1 h 0 min.");
        finding.Evidence.ShouldContain("renewal: 2026-01-01 00:36:00Z to 2026-01-01 00:42:00Z");
    }

    [Fact]
    public void Run_BeforeTheFirstEnrolment_CannotTell() =>
        Run(scene.Facts() with { State = new AgentState() }).Status.ShouldBe(DoctorStatus.Skip);

    [Theory]
    [InlineData(42 * 60, null)]
    [InlineData((42 * 60) + 1, "overdue since 1 s")]
    [InlineData(60 * 60, "overdue")]
    [InlineData((60 * 60) + 1, "expired 1 s ago")]
    public void Run_AroundRenewalAndEnd_OnBothSides(int seconds, string? expected)
    {
        var finding = Run(scene.Facts() with { Now = scene.Now.AddSeconds(seconds) });

        finding.Status.ShouldBe(expected is null ? DoctorStatus.Pass : DoctorStatus.Fail);
        finding.Summary.ShouldContain(expected ?? "valid");
    }

    [Fact]
    public void Run_RootsOfAnotherPlatform_Fails()
    {
        var facts = scene.Facts();

        Run(facts with { State = facts.State with { Trust = DoctorScene.Trust(scene.Tunnel) } })
            .Summary.ShouldContain("do not vouch for it (Untrusted)");
    }

    [Fact]
    public void Run_Revoked_Fails()
    {
        var facts = scene.Facts();
        var feed = scene.Feed() with { RevokedSerials = [facts.State.Platform!.Serial] };

        Run(facts with { State = facts.State with { Feed = feed } }).Summary.ShouldBe("It was revoked.");
    }

    private static DoctorFinding Run(CertificateFacts facts) => IdentityChecks.CheckPlatformCertificate(facts);
}
