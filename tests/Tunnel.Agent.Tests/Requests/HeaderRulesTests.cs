using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.Requests;

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
    [InlineData("X_Forwarded_For", "", false)] // S38: CGI reads it as X-Forwarded-For
    [InlineData("X_Api_Key", "", false)]
    [InlineData("content_length", "", false)]
    [InlineData("Mcp-Param-user_id", "", true)] // a tool's parameter keeps its name
    [InlineData("X-Original-URL", "", false)]
    [InlineData("x-rewrite-url", "", false)]
    [InlineData("X-HTTP-Method-Override", "", false)]
    [InlineData("X-Remote-User", "", false)]
    [InlineData("X-Forwarded-User", "", false)]
    public void ForwardsRequest_ByNameAndConnection(string name, string connection, bool forwarded) =>
        HeaderRules.ForwardsRequest(name, connection.Length > 0 ? connection : default).ShouldBe(forwarded);

    [Theory]
    [InlineData("X-Api-Key", "x_api_key", true)]
    [InlineData("X-Api-Key", "X-API-KEY", true)]
    [InlineData("X-Api-Key", "X-Api.Key", false)]
    [InlineData("X-Api-Key", "X-Api-Keys", false)]
    [InlineData("X-Api-Key", "", false)]
    public void IsSameField_NamesThatUpstreamsFold_AreOne(string left, string right, bool isSame) =>
        HeaderRules.IsSameField(left, right).ShouldBe(isSame);

    [Theory]
    [InlineData("Set-Cookie", "Set-Cookie", true)]
    [InlineData("X-Private", "close, x-private", false)]
    [InlineData("Keep-Alive", "", false)]
    [InlineData("culvert-failed-hop", "", false)]
    [InlineData("request-id", "", true)]
    public void ForwardsResponse_ByNameAndConnection(string name, string connection, bool forwarded) =>
        HeaderRules.ForwardsResponse(name, connection.Length > 0 ? connection : default).ShouldBe(forwarded);
}
