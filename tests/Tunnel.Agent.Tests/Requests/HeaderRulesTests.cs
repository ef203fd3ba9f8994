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
    [InlineData("X-Forwarded-Access-Token", "", false)] // oauth2-proxy
    [InlineData("X-Forwarded-Email", "", false)]
    [InlineData("X-Forwarded-Preferred-Username", "", false)]
    [InlineData("X-Auth-Request-User", "", false)]
    [InlineData("Remote-User", "", false)] // Authelia
    [InlineData("Remote-Groups", "", false)]
    [InlineData("X-WEBAUTH-USER", "", false)] // Grafana
    [InlineData("X-Goog-Authenticated-User-Email", "", false)] // Identity-Aware Proxy
    [InlineData("X-Goog-IAP-JWT-Assertion", "", false)]
    [InlineData("X-MS-CLIENT-PRINCIPAL-NAME", "", false)] // App Service
    [InlineData("X-Amzn-Oidc-Identity", "", false)] // Application Load Balancer
    [InlineData("Cf-Access-Authenticated-User-Email", "", false)]
    [InlineData("Tailscale-User-Login", "", false)]
    [InlineData("X-Consumer-Username", "", false)] // Kong
    [InlineData("X-Client-Verify", "", false)]
    [InlineData("X-SSL-Client-Cert", "", false)]
    [InlineData("X-Forwarded-Client-Cert", "", false)] // Envoy
    [InlineData("X-HTTP-Method", "", false)]
    [InlineData("X-Method-Override", "", false)]
    [InlineData("X-Original-Method", "", false)]
    [InlineData("X-Request-Id", "", true)]
    [InlineData("X-Api-Key", "", true)]
    [InlineData("X-Auth-Token", "", true)]
    [InlineData("X-Client-Request-Id", "", true)]
    [InlineData("X-Tenant", "", true)]
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

    // Each header that a part of the agent reads, or that a server reads together with the body.
    [Theory]
    [InlineData("Accept")]
    [InlineData("Accept-Encoding")]
    [InlineData("Access-Control-Request-Method")]
    [InlineData("Authorization")]
    [InlineData("Content-Encoding")]
    [InlineData("Cookie")]
    [InlineData("DPoP")]
    [InlineData("Last-Event-ID")]
    [InlineData("MCP-Protocol-Version")]
    [InlineData("Mcp-Method")]
    [InlineData("Mcp-Name")]
    [InlineData("Mcp-Param-Region")]
    [InlineData("Mcp-Session-Id")]
    [InlineData("traceparent")]
    [InlineData("tracestate")]
    public void ForwardsRequest_NominatedHeaderThatIsRead_IsKept(string name)
    {
        HeaderRules.ForwardsRequest(name, name).ShouldBeTrue();
        HeaderRules.ForwardsRequest(name, $"close, {name.ToLowerInvariant()}").ShouldBeTrue();
        HeaderRules.ForwardsRequest(name.ToUpperInvariant(), name).ShouldBeTrue();
    }
}
