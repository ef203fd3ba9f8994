using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

public sealed class LeafChainCheckTests : IDisposable
{
    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_BundleHoldsItsAuthority_Passes() =>
        Run(scene.Facts()).Summary.ShouldBe("The trust bundle (epoch 3) vouches for it.");

    [Fact]
    public void Run_BundleOfAnotherAuthority_Fails()
    {
        var finding = Run(WithBundle(scene.Platform.ChainPem));

        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Summary.ShouldBe("The trust bundle (epoch 3) does not vouch for it.");
    }

    [Fact]
    public void Run_IntermediateMissingBelowTheRootOfTheBundle_Fails()
    {
        var facts = WithBundle(scene.Tunnel.RootPem);
        var bare = DoctorScene.Pair(scene.Tunnel.Issue(dnsNames: ["x.tunnel.test"]), "");

        Run(facts with { State = facts.State with { Server = bare } }).Status.ShouldBe(DoctorStatus.Fail);
    }

    [Fact]
    public void Run_RootInTheBundleAndIntermediateSent_Passes() =>
        Run(WithBundle(scene.Tunnel.RootPem)).Status.ShouldBe(DoctorStatus.Pass);

    [Fact]
    public void Run_EmptyBundle_SaysThatNoAuthorityIsRegistered() =>
        Run(WithBundle("")).Why.ShouldContain("No authority is registered");

    [Fact]
    public void Run_BeforeTheFirstFeed_CannotTell()
    {
        var facts = scene.Facts();

        Run(facts with { State = facts.State with { Feed = null } }).Status.ShouldBe(DoctorStatus.Skip);
    }

    private CertificateFacts WithBundle(string pem)
    {
        var facts = scene.Facts();
        var feed = scene.Feed();
        var tunnel = feed.Tunnel with { TrustBundle = new(Epoch: 3, Pem: pem) };
        return facts with { State = facts.State with { Feed = feed with { Tunnel = tunnel } } };
    }

    private static DoctorFinding Run(CertificateFacts facts) => LeafChecks.CheckChain(facts);
}
