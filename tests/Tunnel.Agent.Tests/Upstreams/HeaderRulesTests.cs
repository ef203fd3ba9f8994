using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Tests.Upstreams;

public sealed class HeaderRulesTests
{
    [Theory]
    [InlineData("X-Hop", "keep-alive, X-Hop", false)]
    [InlineData("x-hop", "X-Hop", false)]
    [InlineData("X-Hop", "X-Hop-Not", true)]
    [InlineData("Content-Type", "content-type", true)]
    [InlineData("Mcp-Session-Id", "", true)]
    [InlineData("transfer-encoding", "", false)]
    [InlineData("CULVERT-REASON", "", false)]
    [InlineData("forwarded", "", false)]
    [InlineData("x-forwarded-for", "", false)] // P6: a client does not choose its own address
    [InlineData("X-Forwarded-Host", "", false)]
    [InlineData("X-Real-Ip", "", false)]
    [InlineData("X-Forwarded-Access-Token", "", true)]
    public void ForwardsRequest_ByNameAndConnection(string name, string connection, bool forwarded) =>
        HeaderRules.ForwardsRequest(name, connection.Length > 0 ? connection : default).ShouldBe(forwarded);

    [Theory]
    [InlineData("Set-Cookie", "Set-Cookie", true)]
    [InlineData("X-Private", "close, x-private", false)]
    [InlineData("Keep-Alive", "", false)]
    [InlineData("culvert-failed-hop", "", false)]
    [InlineData("request-id", "", true)]
    public void ForwardsResponse_ByNameAndConnection(string name, string connection, bool forwarded) =>
        HeaderRules.ForwardsResponse(name, connection.Length > 0 ? connection : default).ShouldBe(forwarded);
}
