using System.Net;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Edge.Ingress;
using Culvert.Tunnel.Edge.Routing;
using Culvert.Tunnel.Edge.Tests.Support;

namespace Culvert.Tunnel.Edge.Tests.Ingress;

public sealed class IngressPolicyTests
{
    private static readonly IPAddress Inside = IPAddress.Parse("10.1.2.3");
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
                out _
            )
            .ShouldBe(expected);

    [Fact]
    public void Check_EmptyRanges_RefuseEverybody() => // S21
        IngressPolicy
            .Check(Snapshot(Feeds.Tunnel(clients: [])), Hello(), IPAddress.Loopback, out _)
            .ShouldBe(IngressRefusal.SourceRangesEmpty);

    [Fact]
    public void Check_UnreadableRanges_RefuseEverybody() =>
        IngressPolicy
            .Check(Snapshot(Feeds.Tunnel(clients: ["10.0.0.0/8", "nonsense"])), Hello(), Inside, out _)
            .ShouldBe(IngressRefusal.SourceRefused);

    [Theory]
    [InlineData(TunnelStatus.Archived)]
    [InlineData("of a later version")]
    public void Check_TunnelNotActive_IsUnknown(string status) =>
        IngressPolicy
            .Check(Snapshot(Feeds.Tunnel(status: status, clients: ["10.0.0.0/8"])), Hello(), Inside, out _)
            .ShouldBe(IngressRefusal.UnknownName);

    [Theory] // whoever may not come learns nothing of it
    [InlineData("10.1.2.3", IngressRefusal.TunnelPaused)]
    [InlineData("11.0.0.1", IngressRefusal.SourceRefused)]
    internal void Check_TunnelPaused_IsSaidToThoseWhoMayCome(string source, IngressRefusal expected) =>
        IngressPolicy
            .Check(
                Snapshot(Feeds.Tunnel(status: TunnelStatus.Paused, clients: ["10.0.0.0/8"])),
                Hello(),
                IPAddress.Parse(source),
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
                out _
            )
            .ShouldBe(IngressRefusal.AcmeNotAnnounced);

    [Fact]
    public void Check_NoFeedYet_IsNotReady() =>
        IngressPolicy.Check(null, Hello(), Inside, out _).ShouldBe(IngressRefusal.NotReady);

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
