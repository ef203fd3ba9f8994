using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Tests.Routing;

public sealed class RouteTableTests
{
    [Theory]
    [InlineData("docs.t.example", "docs")]
    [InlineData("DOCS.t.EXAMPLE", "docs")]
    [InlineData("t.example", "@")]
    [InlineData("other.t.example", null)]
    [InlineData("a.docs.t.example", null)]
    [InlineData("docs.t.example.evil", null)]
    [InlineData("docs", null)]
    public void Find_ByHost(string host, string? route)
    {
        var upstream = NewUpstream();
        var table = new RouteTable(
            "t.example",
            active: true,
            [new Route("docs", upstream, [], Open), new Route(Route.BareDomain, upstream, [], Open)]
        );

        (table.Find(host)?.Route.Name).ShouldBe(route);
    }

    [Theory]
    [InlineData("t.example", true)]
    [InlineData("any.t.example", true)]
    [InlineData("a.b.t.example", false)]
    [InlineData(".t.example", false)]
    [InlineData("xt.example", false)]
    [InlineData("", false)]
    public void IsOwnName_TheDomainAndOneLabel(string host, bool own) =>
        new RouteTable("t.example", active: true, []).IsOwnName(host).ShouldBe(own);

    [Fact]
    public void Empty_OwnsNoName() => RouteTable.Empty.IsOwnName("").ShouldBeFalse();

    [Theory]
    [InlineData("docs.t.example", true)]
    [InlineData("docs.t.example:9443", true)]
    [InlineData("DOCS.T.EXAMPLE", true)]
    [InlineData("docs.t.example:", true)]
    [InlineData("docs.t.example:x", false)]
    [InlineData("docs.t.example.", true)] // the dot of the root (RFC 1034 §3.1)
    [InlineData("docs.t.example.:9443", true)]
    [InlineData("docs.t.example..", false)]
    [InlineData(".", false)]
    [InlineData("other.t.example", false)]
    [InlineData("docs.t.example@evil:80", false)]
    [InlineData("[::1]:443", false)]
    public void RequestHost_Matches(string host, bool matches) =>
        RequestHost.Matches(host, "docs.t.example").ShouldBe(matches);

    [Theory]
    [InlineData("docs.t.example.:9443", "docs.t.example:9443")]
    [InlineData("docs.t.example.", "docs.t.example")]
    [InlineData("Docs.t.example:9443", "Docs.t.example:9443")]
    public void RequestHost_InAddressesOfTheAgent_HasNoDotAtItsEnd(string host, string written) =>
        RequestHost.Format(host).ShouldBe(written);

    private static RouteAccess Open => RouteAccess.Open(OauthMode.Passthrough);

    private static HttpUpstream NewUpstream()
    {
        var settings = Support.Tunnel.UpstreamTo(1);
        return new HttpUpstream(
            settings,
            new UpstreamConnector(settings, TimeProvider.System),
            Support.Tunnel.NewForwarder()
        );
    }
}
