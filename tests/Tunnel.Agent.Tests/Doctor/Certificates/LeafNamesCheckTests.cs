using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

public sealed class LeafNamesCheckTests : IDisposable
{
    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_WildcardAndDomain_CoverEveryRoute() =>
        Run(scene.Facts()).Evidence.ShouldBe(["docs.x.tunnel.test", "x.tunnel.test"]);

    [Theory]
    [InlineData("*.x.tunnel.test", "x.tunnel.test")] // the wildcard is for one label below
    [InlineData("x.tunnel.test", "docs.x.tunnel.test")]
    [InlineData("*.tunnel.test", "docs.x.tunnel.test")]
    public void Run_NameMissing_IsNamed(string name, string missing)
    {
        var facts = scene.Facts();
        var finding = Run(facts with { State = facts.State with { Server = scene.Leaf(name) } });

        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Summary.ShouldBe($"It is not for {missing}.");
    }

    [Fact]
    public void Run_DomainNotKnownYet_CannotTell()
    {
        var facts = scene.Facts();

        Run(facts with { State = facts.State with { Feed = null } }).Status.ShouldBe(DoctorStatus.Skip);
    }

    private static DoctorFinding Run(CertificateFacts facts) => LeafChecks.CheckNames(facts);
}
