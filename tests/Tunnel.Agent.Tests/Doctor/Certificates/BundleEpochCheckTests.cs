using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Doctor;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

public sealed class BundleEpochCheckTests : IDisposable
{
    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_NothingNewerThanHeld_Passes() =>
        Run(scene.Facts()).Evidence.ShouldContain("trust bundle: held 3, announced 3");

    [Fact]
    public void Run_NewerFeedWithTheSameBundles_Passes() =>
        Run(scene.Facts() with { Announced = new FeedAnswer<AgentFeed>(scene.Feed() with { Revision = 9 }) })
            .Status.ShouldBe(DoctorStatus.Pass);

    [Fact]
    public void Run_LaterEpochAnnounced_Fails()
    {
        var finding = Run(scene.Facts() with { Announced = new FeedAnswer<AgentFeed>(scene.Feed(epoch: 4)) });

        finding.Status.ShouldBe(DoctorStatus.Fail);
        finding.Summary.ShouldBe("The agent has epoch 3 of the trust bundle, the service announces 4.");
    }

    [Fact]
    public void Run_LaterPlatformEpochAnnounced_Fails()
    {
        var feed = scene.Feed() with { PlatformBundle = new(Epoch: 2, Pem: scene.Platform.RootPem) };

        Run(scene.Facts() with { Announced = new FeedAnswer<AgentFeed>(feed) }).Status.ShouldBe(DoctorStatus.Fail);
    }

    [Fact]
    public void Run_ServiceNotReached_CannotTell()
    {
        var failure = new ApiFailure
        {
            Kind = ApiFailureKind.Unreachable,
            Operation = "o",
            Message = "m",
        };

        Run(scene.Facts() with { Announced = failure }).Status.ShouldBe(DoctorStatus.Skip);
    }

    private static DoctorFinding Run(CertificateFacts facts) => FeedChecks.CheckBundleEpoch(facts);
}
