using Culvert.Machine.Client.State;
using Culvert.Platform.Doctor;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

public sealed class LeafCheckTests : IDisposable
{
    private const string Files = "{source: files, certificate_file: leaf.pem, key_file: leaf.key}";

    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public void Run_InItsLife_PassesAndShowsTheWindowAndTheAuthority()
    {
        var finding = Run(scene.Facts());

        finding.Status.ShouldBe(DoctorStatus.Pass);
        finding.Evidence.ShouldContain("authority: ca_1");
        finding.Evidence.ShouldContain("renewal: 2026-01-01 14:24:00Z to 2026-01-01 16:48:00Z");
    }

    [Theory]
    [InlineData(16 * 3600, null)]
    [InlineData(17 * 3600, "overdue since 12 min 0 s")]
    [InlineData(24 * 3600, "overdue")]
    [InlineData((24 * 3600) + 1, "expired 1 s ago")]
    [InlineData(-2 * 3600, "begins in 1 h 0 min")]
    public void Run_AroundItsLife_OnBothSides(int seconds, string? expected)
    {
        var finding = Run(scene.Facts() with { Now = scene.Now.AddSeconds(seconds) });

        finding.Status.ShouldBe(expected is null ? DoctorStatus.Pass : DoctorStatus.Fail);
        finding.Summary.ShouldContain(expected ?? "valid");
    }

    [Fact]
    public void Run_CalledBackEarly_SaysSo()
    {
        var facts = scene.Facts();
        var window = new SuggestedWindow(Start: scene.Now, End: scene.Now.AddHours(1));
        var feed = scene.Feed() with { Renewals = [new(CaId: "ca_1", SuggestedWindow: window)] };

        Run(facts with { State = facts.State with { Feed = feed } })
            .Evidence.ShouldContain("early renewal requested: 2026-01-01 00:00:00Z to 2026-01-01 01:00:00Z");
    }

    [Fact]
    public void Run_Revoked_Fails()
    {
        var facts = scene.Facts();
        var feed = scene.Feed() with { RevokedSerials = [facts.State.Server!.Serial] };

        Run(facts with { State = facts.State with { Feed = feed } }).Summary.ShouldBe("It was revoked.");
    }

    [Fact]
    public void Run_BeforeTheFirstFeed_CannotTell() =>
        Run(scene.Facts() with { State = new AgentState() }).Status.ShouldBe(DoctorStatus.Skip);

    [Fact]
    public void Run_TunnelWithoutAnIssuingAuthority_SaysWhoHelps()
    {
        var feed = scene.Feed() with { ServerCertificateMode = ServerCertificateMode.Files };

        Run(scene.Facts() with { State = new AgentState { Feed = feed } })
            .Next[0]
            .ShouldContain("culvert ca list --tunnel tnl_010000000000000000000001");
    }

    [Fact]
    public void Run_IssuedByTheServiceButNotThere_Fails() =>
        Run(scene.Facts() with { State = new AgentState { Feed = scene.Feed() } }).Status.ShouldBe(DoctorStatus.Fail);

    // A leaf of 30 days from a file: overdue in its last sixth, five days.
    [Theory]
    [InlineData(24, DoctorStatus.Pass)]
    [InlineData(26, DoctorStatus.Fail)]
    public void Run_FromFiles_IsOverdueInItsLastSixth(int days, DoctorStatus expected)
    {
        scene.Write("leaf.pem", "");
        scene.Write("leaf.key", "");
        var leaf = scene.LeafUntil(scene.Now.AddDays(30).AddHours(-1));

        Run(scene.Facts(certificates: Files) with { FilePair = leaf, Now = scene.Now.AddDays(days) })
            .Status.ShouldBe(expected);
    }

    private static DoctorFinding Run(CertificateFacts facts) => LeafChecks.CheckCertificate(facts);
}
