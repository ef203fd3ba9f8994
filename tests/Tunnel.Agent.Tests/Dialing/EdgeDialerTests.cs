using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Certificates;
using Culvert.Platform.Net;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Dialing;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Dialing;

/// <summary>S6, S9, W6: which peers an agent accepts on the outer connection.</summary>
public sealed class EdgeDialerTests
{
    private const string EdgeId = "edge_01aaaaaaaaaaaaaaaaaaaaaa";
    private const string OtherId = "edge_01bbbbbbbbbbbbbbbbbbbbbb";

    private readonly TunnelPki pki = new();
    private readonly EdgeDialer dialer = new(
        () => TimeSpan.FromSeconds(10),
        new NetworkSource(NetworkOptions.Default),
        TimeProvider.System
    );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dial_EdgeOfTheFeed_ConnectsWithOurCertificate()
    {
        await using var edge = new FakeEdge(EdgeId, pki.Edge(EdgeId));
        var context = Context(edge.Feed);

        var result = await dialer.DialAsync(edge.Address, context, Token);

        result.IsConnected.ShouldBeTrue(result.Detail);
        (await edge.NextAsync()).AgentSerial.ShouldBe(context.Certificate.Serial);
        await result.Transport.DisposeAsync();
    }

    [Fact]
    public async Task Dial_EdgeOfAnotherTunnel_IsRefused()
    {
        await using var edge = new FakeEdge(OtherId, pki.Edge(OtherId));

        var result = await dialer.DialAsync(edge.Address, Context(Feed(EdgeId)), Token);

        result.Stage.ShouldBe(DialStage.Peer);
        result.IsConnected.ShouldBeFalse();
    }

    [Fact]
    public async Task Dial_EdgeOfAnotherPlatform_IsRefused()
    {
        await using var edge = new FakeEdge(EdgeId, new TunnelPki().Edge(EdgeId));

        (await dialer.DialAsync(edge.Address, Context(edge.Feed), Token)).Stage.ShouldBe(DialStage.Peer);
    }

    [Fact]
    public async Task Dial_CertificateOfAnotherRole_IsRefused()
    {
        await using var edge = new FakeEdge(EdgeId, pki.Server("127.0.0.1"));

        (await dialer.DialAsync(edge.Address, Context(edge.Feed), Token)).Stage.ShouldBe(DialStage.Peer);
    }

    [Fact]
    public async Task Dial_RevokedEdge_IsRefused()
    {
        var certificate = pki.Edge(EdgeId);
        await using var edge = new FakeEdge(EdgeId, certificate);
        var context = Context(edge.Feed) with { RevokedSerials = new RevokedSerialSet([certificate.Serial]) };

        (await dialer.DialAsync(edge.Address, context, Token)).Stage.ShouldBe(DialStage.Peer);
    }

    // The peer at an edge's address chooses the content of its certificate: it must not make the agent, which is in the
    // private network, send requests there.
    [Fact]
    public async Task Dial_StrangerNamesAnIssuerUrl_IsNotFollowed()
    {
        using var inside = new TcpListener(IPAddress.Loopback, 0);
        inside.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)inside.LocalEndpoint).Port}/admin";
        await using var stranger = new FakeEdge(EdgeId, new TunnelPki("Stranger").EdgeWithIssuerUrl(EdgeId, url));

        var result = await dialer.DialAsync(stranger.Address, Context(stranger.Feed), Token);

        result.Stage.ShouldBe(DialStage.Peer);
        inside.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task Dial_OtherProtocol_IsRefused()
    {
        await using var edge = new FakeEdge(EdgeId, pki.Edge(EdgeId), alpn: "h2");

        (await dialer.DialAsync(edge.Address, Context(edge.Feed), Token)).Stage.ShouldBe(DialStage.Handshake);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("::1:443")]
    [InlineData(":443")]
    [InlineData("[]:443")]
    public async Task Dial_AddressThatIsNone_Fails(string address) =>
        (await dialer.DialAsync(address, Context(Feed(EdgeId)), Token)).Stage.ShouldBe(DialStage.Address);

    [Fact]
    public async Task Dial_NobodyListens_FailsAtConnect()
    {
        var edge = new FakeEdge(EdgeId, pki.Edge(EdgeId));
        var address = edge.Address;
        await edge.DisposeAsync();

        (await dialer.DialAsync(address, Context(Feed(EdgeId)), Token)).Stage.ShouldBe(DialStage.Connect);
    }

    private DialContext Context(AgentFeedEdge edge) =>
        new()
        {
            Certificate = pki.Agent("a1"),
            Trust = pki.Trust,
            Edges = [edge],
            RevokedSerials = RevokedSerialSet.None,
        };

    private static AgentFeedEdge Feed(string id) => new(Id: id, Name: id, Addresses: ["127.0.0.1:1"]);
}
