using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Certificates;
using Culvert.Platform.Doctor;
using Culvert.Platform.Secrets;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Doctor.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Doctor.Certificates;

/// <summary>The tunnel itself: whose it is, whether it is served, and how the agent proves itself by its token.</summary>
public sealed class TunnelChecksTests : IDisposable
{
    private const string Organization = "11111111-2222-3333-4444-555555555555";

    private readonly DoctorScene scene = new();

    public void Dispose() => scene.Dispose();

    [Theory]
    [InlineData(Organization, DoctorScene.TunnelId, DoctorStatus.Pass, "Enrolled for tnl_010000000000000000000001")]
    [InlineData("22222222-2222-3333-4444-555555555555", DoctorScene.TunnelId, DoctorStatus.Fail, "not in 1111")]
    [InlineData(
        Organization,
        "tnl_010000000000000000000002",
        DoctorStatus.Fail,
        "not for tnl_010000000000000000000001"
    )]
    public void Organization_IsThatOfTheFile(string organization, string tunnel, DoctorStatus status, string says)
    {
        var enrolled = SpiffeId.TryParse($"spiffe://id.test/o/{organization}/t/{tunnel}/agent/a1", out var id);
        enrolled.ShouldBeTrue();
        var facts = scene.Facts();

        var finding = IdentityChecks.CheckOrganization(facts with { State = facts.State with { Id = id } });

        finding.Status.ShouldBe(status);
        finding.Summary.ShouldContain(says);
        (finding.Why.Length > 0 && finding.Next.Count > 0).ShouldBe(status != DoctorStatus.Pass);
        finding.Evidence.ShouldBe([$"enrolled as {id}"]);
    }

    [Fact]
    public void Organization_NotEnrolled_CannotTell()
    {
        var facts = scene.Facts();

        IdentityChecks
            .CheckOrganization(facts with { State = facts.State with { Id = null } })
            .Status.ShouldBe(DoctorStatus.Skip);
    }

    [Theory]
    [InlineData(
        TunnelStatus.Active,
        ServerCertificateMode.Service,
        true,
        DoctorStatus.Pass,
        "tnl_010000000000000000000001 is active"
    )]
    [InlineData(TunnelStatus.Paused, ServerCertificateMode.Service, true, DoctorStatus.Warn, "paused")]
    [InlineData(TunnelStatus.Archived, ServerCertificateMode.Service, true, DoctorStatus.Fail, "archived")]
    [InlineData(TunnelStatus.Active, ServerCertificateMode.Service, false, DoctorStatus.Fail, "no authority")]
    [InlineData(TunnelStatus.Active, ServerCertificateMode.Files, true, DoctorStatus.Fail, "can sign for the agent")]
    public void Tunnel_IsServedAndHasAnAuthority(
        string status,
        string mode,
        bool anchored,
        DoctorStatus expected,
        string says
    )
    {
        var facts = scene.Facts();
        var feed = scene.Feed() with { ServerCertificateMode = mode };
        feed = feed with
        {
            Tunnel = feed.Tunnel with
            {
                Status = status,
                TrustBundle = feed.Tunnel.TrustBundle with { Pem = anchored ? feed.Tunnel.TrustBundle.Pem : "" },
            },
        };

        var finding = FeedChecks.CheckTunnel(facts with { Announced = new FeedAnswer<AgentFeed>(feed) });

        finding.Status.ShouldBe(expected);
        finding.Summary.ShouldContain(says);
        finding.Evidence.ShouldContain($"status: {status}");
        (finding.Why.Length > 0 && finding.Next.Count > 0).ShouldBe(expected != DoctorStatus.Pass);
    }

    [Fact]
    public void Tunnel_LeafFromFilesWhereTheServiceCouldSign_Warns()
    {
        scene.Write("leaf.pem", "");
        scene.Write("leaf.key", "");
        var facts = scene.Facts(certificates: "{source: files, certificate_file: leaf.pem, key_file: leaf.key}");

        FeedChecks.CheckTunnel(facts).Status.ShouldBe(DoctorStatus.Warn);
    }

    [Fact]
    public void Tunnel_NoFeed_CannotTell()
    {
        var facts = scene.Facts();

        FeedChecks
            .CheckTunnel(facts with { State = facts.State with { Feed = null } })
            .Status.ShouldBe(DoctorStatus.Skip);
    }

    [Theory]
    [InlineData("file:token", DoctorStatus.Pass)]
    [InlineData("env:TUNNEL_TOKEN", DoctorStatus.Warn)]
    [InlineData("env:NOT_SET", DoctorStatus.Fail)]
    [InlineData("file:nowhere", DoctorStatus.Fail)]
    public void TunnelToken_CanBeReadNowAndAfterARestart(string written, DoctorStatus expected)
    {
        scene.Write("token", "secret-of-the-tunnel");
        SecretReference
            .TryParse(
                written,
                Path.GetDirectoryName(scene.PathOf("token"))!,
                out var token,
                name => name == "TUNNEL_TOKEN" ? "secret-of-the-tunnel" : null
            )
            .ShouldBeTrue();
        var facts = scene.Facts();
        var manual = facts.Settings.Identity with { Mode = IdentityMode.Manual, TunnelToken = token };

        var finding = FileChecks.CheckTunnelToken(facts with { Settings = facts.Settings with { Identity = manual } });

        finding.Status.ShouldBe(expected);
        (finding.Why.Length > 0 && finding.Next.Count > 0).ShouldBe(expected != DoctorStatus.Pass);
        $"{finding}".ShouldNotContain("secret-of-the-tunnel");
    }

    [Fact]
    public void TunnelToken_AutomaticMode_DoesNotApply() =>
        FileChecks.CheckTunnelToken(scene.Facts()).Status.ShouldBe(DoctorStatus.Skip);
}
