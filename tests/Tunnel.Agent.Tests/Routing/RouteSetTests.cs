using System.Text;
using System.Text.Json.Nodes;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Tests.Support;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Tests.Routing;

/// <summary>What a route's parts get of the configuration.</summary>
public sealed class RouteSetTests
{
    private const string Rule = "{name: own, effect: allow, tools: [get], arguments: [{at: /id, CONDITION}]}";

    [Theory]
    [InlineData("equals_claim: customer_id", true)]
    [InlineData("all: {in_claim: customer_id}", true)]
    [InlineData("const: c-7", false)]
    public async Task Access_ReadsTheClaimsOfTheIssuer_WhereARuleComparesOne(string condition, bool isRead)
    {
        var issuer = new TestIssuer();
        var settings = Read(Rule.Replace("CONDITION", condition, StringComparison.Ordinal));
        var keys = OauthFixture.KeysOf(issuer, TimeProvider.System, settings: settings.Issuers.Single());
        await using var set = RouteSet.Create(settings.Routes, [keys], _ => NewUpstream(), TimeProvider.System);
        var token = issuer.Token(
            OauthFixture.Resource,
            TimeProvider.System.GetUtcNow(),
            c => c["customer_id"] = new JsonArray("c-7")
        );

        var verdict = await set
            .Routes.Single()
            .Access.Validator.ValidateAsync(
                token,
                [Encoding.UTF8.GetBytes(OauthFixture.Resource)],
                TestContext.Current.CancellationToken
            );

        verdict.Principal!.Claims.TryFind("customer_id", out var customer).ShouldBe(isRead);
        (customer?.Contains("c-7"u8, isText: true)).ShouldBe(isRead ? true : null);
    }

    [Fact]
    public async Task AuthorizationServers_FollowTheOrderOfTheRoute()
    {
        var issuer = new TestIssuer();
        var settings = Read(Rule.Replace("CONDITION", "const: a", StringComparison.Ordinal));
        var corp = settings.Issuers.Single();
        var partner = corp with { Name = "partner", Issuer = "https://partner.example.test" };
        var route = settings.Routes.Single();
        route = route with { Oauth = route.Oauth with { Issuers = ["partner", "corp", "partner"] } };

        await using var set = RouteSet.Create(
            [route],
            [.. new[] { corp, partner }.Select(s => OauthFixture.KeysOf(issuer, TimeProvider.System, settings: s))],
            _ => NewUpstream(),
            TimeProvider.System
        );

        set.Routes.Single().Access.AuthorizationServers.ShouldBe([partner.Issuer, corp.Issuer]);
    }

    private static AgentSettings Read(string rule)
    {
        var text = $$$"""
            config_version: 1
            identity: {url: "https://identity.example.com:8443", organization_id: 11111111-1111-1111-1111-111111111111, rule_id: fdrl_010000000000000000000000}
            tunnel: {id: tnl_010000000000000000000000}
            issuers: {corp: {issuer: "https://login.example.test", claims: [customer_id]}}
            routes:
              docs:
                upstream: {url: "http://127.0.0.1:9", allowed_ranges: [127.0.0.0/8]}
                oauth: {mode: required, issuers: [corp], resource: "{{{OauthFixture.Resource}}}"}
                policy: {mode: enforce, rules: [{{{rule}}}]}
            """;
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            var read = ConfigLoader.Load(
                ConfigLocation.Agent,
                file,
                AgentConfiguration.Read,
                new Dictionary<string, string>()
            );
            read.Errors.Select(e => e.ToString()).ShouldBeEmpty();
            return read.Settings!;
        }
        finally
        {
            File.Delete(file);
        }
    }

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
