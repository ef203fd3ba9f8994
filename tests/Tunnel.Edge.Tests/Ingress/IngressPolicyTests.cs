using System.Net;
using Culvert.Platform.Tls;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Edge.Ingress;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Tests.Support;

namespace Culvert.Tunnel.Edge.Tests.Ingress;

public sealed class IngressPolicyTests
{
    private static readonly IPAddress Inside = IPAddress.Parse("10.1.2.3");
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TestPlatform Platform = new();

    [Theory] // the order of S23: the name, then the address
    [InlineData("t1.tunnel.test", "10.1.2.3", IngressRefusal.None)]
    [InlineData("docs.t1.tunnel.test", "10.1.2.3", IngressRefusal.None)]
    [InlineData("a.docs.t1.tunnel.test", "10.1.2.3", IngressRefusal.UnknownName)]
    [InlineData(".t1.tunnel.test", "10.1.2.3", IngressRefusal.UnknownName)]
    [InlineData("xt1.tunnel.test", "10.1.2.3", IngressRefusal.UnknownName)]
    [InlineData("tunnel.test", "10.1.2.3", IngressRefusal.UnknownName)]
    [InlineData("t1.tunnel.test.", "10.1.2.3", IngressRefusal.UnknownName)]
    [InlineData("127.0.0.1", "10.1.2.3", IngressRefusal.UnknownName)]
    [InlineData("unknown.test", "192.0.2.1", IngressRefusal.UnknownName)]
    [InlineData("docs.t1.tunnel.test", "11.0.0.1", IngressRefusal.SourceRefused)]
    [InlineData("docs.t1.tunnel.test", "::1", IngressRefusal.SourceRefused)]
    internal void Check_NameAndAddress_GiveTheRefusal(string name, string source, IngressRefusal expected) =>
        IngressPolicy
            .Check(
                Snapshot(Feeds.Tunnel(clients: ["10.0.0.0/8"])),
                new ClientHello(name, false),
                IPAddress.Parse(source),
                Now,
                out _
            )
            .ShouldBe(expected);

    [Fact]
    public void Check_EmptyRanges_RefuseEverybody() => // S21
        IngressPolicy
            .Check(Snapshot(Feeds.Tunnel(clients: [])), Hello(), IPAddress.Loopback, Now, out _)
            .ShouldBe(IngressRefusal.SourceRangesEmpty);

    [Fact]
    public void Check_UnreadableRanges_RefuseEverybody() =>
        IngressPolicy
            .Check(Snapshot(Feeds.Tunnel(clients: ["10.0.0.0/8", "nonsense"])), Hello(), Inside, Now, out _)
            .ShouldBe(IngressRefusal.SourceRefused);

    [Theory]
    [InlineData(TunnelStatus.Archived)]
    [InlineData("of a later version")]
    public void Check_TunnelNotActive_IsUnknown(string status) =>
        IngressPolicy
            .Check(Snapshot(Feeds.Tunnel(status: status, clients: ["10.0.0.0/8"])), Hello(), Inside, Now, out _)
            .ShouldBe(IngressRefusal.UnknownName);

    [Theory] // a client without access learns nothing of it
    [InlineData("10.1.2.3", IngressRefusal.TunnelPaused)]
    [InlineData("11.0.0.1", IngressRefusal.SourceRefused)]
    internal void Check_TunnelPaused_IsSaidToThoseWhoMayCome(string source, IngressRefusal expected) =>
        IngressPolicy
            .Check(
                Snapshot(Feeds.Tunnel(status: TunnelStatus.Paused, clients: ["10.0.0.0/8"])),
                Hello(),
                IPAddress.Parse(source),
                Now,
                out _
            )
            .ShouldBe(expected);

    [Fact]
    public void Check_AcmeChallenge_IsRefusedWhileNoneIsAnnounced() => // S25
        IngressPolicy
            .Check(
                Snapshot(Feeds.Tunnel(clients: ["10.0.0.0/8"])),
                new ClientHello("docs." + TestPlatform.Domain, true),
                Inside,
                Now,
                out _
            )
            .ShouldBe(IngressRefusal.AcmeNotAnnounced);

    [Theory] // S25: announced, for this name of this tunnel, alone, in time; then from anywhere
    [InlineData("docs", TestPlatform.TunnelId, 60, true, "203.0.113.1", IngressRefusal.None)]
    [InlineData("docs", TestPlatform.TunnelId, 60, true, "10.1.2.3", IngressRefusal.None)]
    [InlineData("other", TestPlatform.TunnelId, 60, true, "203.0.113.1", IngressRefusal.SourceRefused)]
    [InlineData("other", TestPlatform.TunnelId, 60, true, "10.1.2.3", IngressRefusal.AcmeNotAnnounced)]
    [InlineData("docs", "tnl_other", 60, true, "10.1.2.3", IngressRefusal.AcmeNotAnnounced)]
    [InlineData("docs", TestPlatform.TunnelId, 0, true, "10.1.2.3", IngressRefusal.AcmeNotAnnounced)]
    [InlineData("docs", TestPlatform.TunnelId, 60, false, "10.1.2.3", IngressRefusal.AcmeNotAnnounced)]
    internal void Check_AnnouncedChallenge_PassesWhereItIsExact(
        string label,
        string tunnelId,
        int seconds,
        bool alone,
        string source,
        IngressRefusal expected
    ) =>
        IngressPolicy
            .Check(
                EdgeSnapshot.From(
                    Feeds.Of(Feeds.Tunnel(clients: ["10.0.0.0/8"])) with
                    {
                        AcmeChallenges =
                        [
                            Feeds.Challenge(label + "." + TestPlatform.Domain, Now.AddSeconds(seconds), tunnelId),
                        ],
                    },
                    Platform.Trust
                ),
                new ClientHello("docs." + TestPlatform.Domain, true, alone),
                IPAddress.Parse(source),
                Now,
                out _
            )
            .ShouldBe(expected);

    [Fact]
    public void Check_AnnouncedChallengeOfAPausedTunnel_IsRefused() =>
        IngressPolicy
            .Check(
                EdgeSnapshot.From(
                    Feeds.Of(Feeds.Tunnel(status: TunnelStatus.Paused, clients: ["10.0.0.0/8"])) with
                    {
                        AcmeChallenges = [Feeds.Challenge(TestPlatform.Domain, Now.AddMinutes(1))],
                    },
                    Platform.Trust
                ),
                new ClientHello(TestPlatform.Domain, true, true),
                Inside,
                Now,
                out _
            )
            .ShouldBe(IngressRefusal.TunnelPaused);

    [Theory] // S26
    [InlineData("mcp.example.com", IngressRefusal.None)]
    [InlineData("a.mcp.example.com", IngressRefusal.UnknownName)]
    [InlineData("example.com", IngressRefusal.UnknownName)]
    internal void Check_CustomHostname_IsRoutedExactly(string name, IngressRefusal expected) =>
        IngressPolicy
            .Check(
                Snapshot(Feeds.Tunnel(clients: ["10.0.0.0/8"]) with { Hostnames = ["mcp.example.com"] }),
                new ClientHello(name, false),
                Inside,
                Now,
                out _
            )
            .ShouldBe(expected);

    [Fact]
    public void Check_NoFeedYet_IsNotReady() =>
        IngressPolicy.Check(null, Hello(), Inside, Now, out _).ShouldBe(IngressRefusal.NotReady);

    [Theory]
    [InlineData(IngressRefusal.UnknownName, 112)]
    [InlineData(IngressRefusal.NoServerName, 112)]
    [InlineData(IngressRefusal.NoAgent, 80)]
    [InlineData(IngressRefusal.TunnelLimit, 80)]
    [InlineData(IngressRefusal.NotReady, 80)]
    [InlineData(IngressRefusal.TunnelPaused, 80)]
    [InlineData(IngressRefusal.ServerNameDiffers, 112)]
    [InlineData(IngressRefusal.ProxyHeader, null)]
    [InlineData(IngressRefusal.ProxyUntrusted, null)]
    [InlineData(IngressRefusal.AcmeNotAnnounced, 120)]
    [InlineData(IngressRefusal.AcmeRate, 80)]
    [InlineData(IngressRefusal.MalformedHello, 50)]
    [InlineData(IngressRefusal.HelloTooLarge, 22)]
    [InlineData(IngressRefusal.SourceRefused, null)]
    [InlineData(IngressRefusal.SourceRangesEmpty, null)]
    [InlineData(IngressRefusal.SourceLimit, null)]
    [InlineData(IngressRefusal.EdgeFull, null)]
    [InlineData(IngressRefusal.NotTls, null)]
    [InlineData(IngressRefusal.HelloTimeout, null)]
    internal void AlertFor_Refusal_IsThatOfTheRule(IngressRefusal refusal, int? alert) =>
        ((int?)IngressPolicy.AlertFor(refusal)).ShouldBe(alert);

    private static ClientHello Hello() => new("docs." + TestPlatform.Domain, false);

    private static EdgeSnapshot Snapshot(params EdgeFeedTunnel[] tunnels) =>
        EdgeSnapshot.From(Feeds.Of(tunnels), Platform.Trust);
}
