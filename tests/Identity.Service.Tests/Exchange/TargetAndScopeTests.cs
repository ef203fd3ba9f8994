using System.Text.Json.Nodes;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;
using static Culvert.Identity.Service.Tests.Fixtures.FormCalls;

namespace Culvert.Identity.Service.Tests.Exchange;

/// <summary>A41: request AND grant, for scopes as for targets; nothing is ever widened or tidied up.</summary>
[Trait("Attack", "A41")]
public sealed class TargetAndScopeTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Theory]
    [InlineData("workspace:developer", "workspace:developer")]
    [InlineData("workspace:developer workspace:manage_tunnels", "workspace:manage_tunnels workspace:developer")]
    [InlineData("workspace:developer workspace:developer", "workspace:developer")]
    [InlineData("", "workspace:manage_tunnels workspace:developer")]
    public async Task Scope_PartOfTheGrant_IsGrantedAndEchoed(string requested, string expected)
    {
        var rule = await TwoScopesAsync();

        var body = await Service
            .FormAsync(Assertion(rule, Service.Token()).With("scope", requested))
            .ShouldBeGrantedAsync();

        body.Text("scope").ShouldBe(expected);
        ClaimsOf(body.Text("access_token")).Text("scope").ShouldBe(expected);
    }

    [Theory]
    [InlineData("org:admin")]
    [InlineData("workspace:developer org:admin")]
    [InlineData("tunnel:agent")]
    [InlineData("installation:operate")]
    public async Task Scope_BeyondTheGrant_IsInvalidScope(string requested) =>
        await Service.ShouldBeDeniedAsync(
            Assertion(await TwoScopesAsync(), Service.Token()).With("scope", requested),
            "invalid_scope",
            "scope_not_granted"
        );

    // Not even compared: no scope is spelled like that, and the caller learns nothing about the rule.
    [Theory]
    [InlineData("workspace:everything")]
    [InlineData("Workspace:Developer")]
    [InlineData(" workspace:developer")]
    [InlineData("workspace:developer ")]
    [InlineData("workspace:developer  workspace:manage_tunnels")]
    [InlineData("workspace:developer\u00a0org:admin")]
    [InlineData("workspace:developer,org:admin")]
    [InlineData("workspace\uff1adeveloper")]
    [InlineData("*")]
    public async Task Scope_IllFormed_IsInvalidScope(string requested) =>
        await Service
            .FormAsync(Assertion(fixture.RuleId, Service.Token()).With("scope", requested))
            .ShouldBeOAuthErrorAsync(400, "invalid_scope");

    // A refused request used nothing up.
    [Fact]
    public async Task Scope_RefusedThenRight_IsGranted()
    {
        var token = Service.Token();
        await Service.ShouldBeDeniedAsync(
            Assertion(fixture.RuleId, token).With("scope", "org:admin"),
            "invalid_scope",
            "scope_not_granted"
        );

        await Service.FormAsync(Assertion(fixture.RuleId, token)).ShouldBeGrantedAsync();
    }

    [Theory]
    [InlineData("resource")]
    [InlineData("audience")]
    public async Task Target_OurPublicUrl_IsTheDefault(string name)
    {
        var fields = Assertion(fixture.RuleId, Service.Token()).With(name, FederatedService.PublicUrl);

        var body = await Service.FormAsync(fields).ShouldBeGrantedAsync();

        ClaimsOf(body.Text("access_token")).Text("aud").ShouldBe(FederatedService.PublicUrl);
    }

    [Fact]
    public async Task Target_BelowATunnelOfTheRule_IsTheAudienceAndNoUseHere()
    {
        var (rule, domain) = await TunnelRuleAsync();
        var target = $"https://docs.{domain}/mcp";
        var fields = Assertion(rule, Service.Token()).With("resource", target).With("audience", target);

        var body = await Service.FormAsync(fields).ShouldBeGrantedAsync();

        var token = body.Text("access_token");
        ClaimsOf(token).Text("aud").ShouldBe(target);
        using var client = Service.Service.Client(token);
        using var used = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);
        (await used.ErrorCodeAsync()).ShouldBe("token.audience");
    }

    [Theory]
    [InlineData("https://docs.evil-{0}")]
    [InlineData("https://evil{0}")]
    [InlineData("https://{0}.evil.test")]
    [InlineData("https://other.test/{0}")]
    [InlineData("https://127.0.0.1")]
    public async Task Target_NotBelowIt_IsInvalidTarget(string form)
    {
        var (rule, domain) = await TunnelRuleAsync();
        var target = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, domain);

        await Service.ShouldBeDeniedAsync(
            Assertion(rule, Service.Token()).With("resource", target),
            "invalid_target",
            "target_not_allowed"
        );
    }

    [Fact]
    public async Task Target_OfATunnelThatTheRuleDoesNotName_IsInvalidTarget()
    {
        var (_, domain) = await TunnelRuleAsync();
        var (other, _) = await TunnelRuleAsync();

        await Service.ShouldBeDeniedAsync(
            Assertion(other, Service.Token()).With("resource", $"https://docs.{domain}"),
            "invalid_target",
            "target_not_allowed"
        );
    }

    [Fact]
    public async Task Target_OfAnArchivedTunnel_IsInvalidTarget()
    {
        var tunnel = await Service.CreateAsync("/v1/tunnels", []);
        var rule = await TunnelRuleAsync(tunnel.Id());
        await Service.CreateAsync($"/v1/tunnels/{tunnel.Id()}/archive");

        await Service.ShouldBeDeniedAsync(
            Assertion(rule, Service.Token()).With("resource", $"https://docs.{tunnel.Text("domain")}"),
            "invalid_target",
            "target_not_allowed"
        );
    }

    // RFC 8707 §2 allows several; a token for several would be worth stealing at each of them.
    [Fact]
    public async Task Target_TwoResources_IsInvalidTarget() =>
        await Service
            .FormAsync(
                Assertion(fixture.RuleId, Service.Token())
                    .With("resource", FederatedService.PublicUrl)
                    .With("resource", FederatedService.PublicUrl)
            )
            .ShouldBeOAuthErrorAsync(400, "invalid_target");

    [Fact]
    public async Task Target_ResourceAndAudienceApart_IsInvalidTarget() =>
        await Service
            .FormAsync(
                Assertion(fixture.RuleId, Service.Token())
                    .With("resource", FederatedService.PublicUrl)
                    .With("audience", "https://other.test")
            )
            .ShouldBeOAuthErrorAsync(400, "invalid_target");

    [Theory]
    [InlineData("https://a.test", true)]
    [InlineData("https://a.test/", true)]
    [InlineData("https://a.test/mcp", true)]
    [InlineData("https://a.test:8443/mcp", true)]
    [InlineData("http://a.test", false)]
    [InlineData("HTTPS://a.test", false)]
    [InlineData("https://A.test", false)]
    [InlineData("https://a.test:443", false)]
    [InlineData("https://a.test/../b", false)]
    [InlineData("https://a.test/%2e%2e/b", false)]
    [InlineData("https://a.test/?q", false)]
    [InlineData("https://a.test/?", false)]
    [InlineData("https://a.test/#f", false)]
    [InlineData("https://a.test/#", false)]
    [InlineData("https://u@a.test/", false)]
    [InlineData("https://\u00e4.test/", false)]
    [InlineData("https://a.test/ä", false)]
    [InlineData("https://a.test\\b", false)]
    [InlineData(" https://a.test", false)]
    [InlineData("a.test", false)]
    [InlineData("urn:a", false)]
    public void Target_HasOneSpelling(string target, bool expected) =>
        TokenTargets.IsWellFormed(target).ShouldBe(expected);

    private Task<string> TwoScopesAsync() =>
        Service.RuleAsync(body => body["oauth_scope"] = "workspace:manage_tunnels workspace:developer");

    private async Task<(string Rule, string Domain)> TunnelRuleAsync()
    {
        var tunnel = await Service.CreateAsync("/v1/tunnels", []);
        return (await TunnelRuleAsync(tunnel.Id()), tunnel.Text("domain"));
    }

    private Task<string> TunnelRuleAsync(string tunnel) =>
        Service.RuleAsync(body =>
        {
            body["oauth_scope"] = "tunnel:agent";
            body["tunnel_ids"] = new JsonArray(tunnel);
        });
}
