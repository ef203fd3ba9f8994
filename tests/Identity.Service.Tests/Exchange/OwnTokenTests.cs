using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tokens.Binding;
using Shouldly;
using static Culvert.Identity.Service.Tests.Fixtures.FormCalls;

namespace Culvert.Identity.Service.Tests.Exchange;

/// <summary>The service's own access token as the subject token: the new token never has more rights.</summary>
public sealed class OwnTokenTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Exchange_OwnToken_StaysInItsFamily()
    {
        var (rule, token) = await GrantAsync();
        var parent = ClaimsOf(token);

        var body = await Service.FormAsync(Subject(rule, token, AccessToken)).ShouldBeGrantedAsync();

        body.Text("issued_token_type").ShouldBe(AccessToken);
        var child = ClaimsOf(body.Text("access_token"));
        child.Text("family").ShouldBe(parent.Text("family"));
        child.GetProperty("src").ToString().ShouldBe(parent.GetProperty("src").ToString());
        child.Text("jti").ShouldNotBe(parent.Text("jti"));
        child.Text("workspace").ShouldBe(parent.Text("workspace"));
        child.GetProperty("exp").GetInt64().ShouldBe(parent.GetProperty("exp").GetInt64());
    }

    // A44: exchanged again and again, it ends when the first one would have ended.
    [Fact]
    [Trait("Attack", "A44")]
    public async Task Exchange_ChainOfAHundred_EndsWithItsFirstToken()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        var token = await service.AccessTokenAsync(rule);
        var root = ClaimsOf(token).GetProperty("exp").GetInt64();
        for (var i = 0; i < 100; i++)
        {
            service.Time.Advance(TimeSpan.FromSeconds(5));
            var body = await service.FormAsync(Subject(rule, token, AccessToken)).ShouldBeGrantedAsync();
            token = body.Text("access_token");
            ClaimsOf(token).GetProperty("exp").GetInt64().ShouldBe(root);
            body.GetProperty("expires_in")
                .GetInt32()
                .ShouldBe((int)(root - service.Time.GetUtcNow().ToUnixTimeSeconds()));
        }

        service.Time.Advance(TimeSpan.FromSeconds(100));
        await service.ShouldBeDeniedAsync(Subject(rule, token, AccessToken), "invalid_request", "token_expired");
    }

    // A41: what was given up is not to be had again.
    [Fact]
    [Trait("Attack", "A41")]
    public async Task Exchange_NarrowedScope_StaysNarrow()
    {
        var rule = await Service.RuleAsync(body =>
            body["oauth_scope"] = "workspace:manage_tunnels workspace:developer"
        );
        var assertion = Assertion(rule, Service.Token()).With("scope", "workspace:developer");
        var narrow = (await Service.FormAsync(assertion).ShouldBeGrantedAsync()).Text("access_token");
        ClaimsOf(narrow).Text("scope").ShouldBe("workspace:developer");

        var again = await Service.FormAsync(Subject(rule, narrow, AccessToken)).ShouldBeGrantedAsync();
        again.Text("scope").ShouldBe("workspace:developer");
        await Service.ShouldBeDeniedAsync(
            Subject(rule, narrow, AccessToken).With("scope", "workspace:developer workspace:manage_tunnels"),
            "invalid_scope",
            "scope_not_granted"
        );
    }

    [Fact]
    [Trait("Attack", "A41")]
    public async Task Exchange_RuleNarrowedMeanwhile_GrantsOnlyWhatItHasNow()
    {
        var rule = await Service.RuleAsync(body =>
            body["oauth_scope"] = "workspace:manage_tunnels workspace:developer"
        );
        var token = await Service.AccessTokenAsync(rule);
        await Service.CreateAsync(
            $"{FederatedService.Rules}/{rule}",
            new JsonObject { ["oauth_scope"] = "workspace:developer" }
        );

        var body = await Service.FormAsync(Subject(rule, token, AccessToken)).ShouldBeGrantedAsync();

        body.Text("scope").ShouldBe("workspace:developer");
        ClaimsOf(body.Text("access_token")).GetProperty("rule_ver").GetInt32().ShouldBe(1);
    }

    // A bound token is exchanged by its holder only, and stays bound.
    [Fact]
    public async Task Exchange_BoundToken_NeedsItsKeyAndStaysBound()
    {
        var rule = fixture.RuleId;
        using var holder = ExchangeClient.WithKey(Service);
        using var thief = ExchangeClient.WithKey(Service);
        var bound = await holder.PostAsync(Assertion(rule, Service.Token())).ShouldBeGrantedAsync();
        var token = bound.Text("access_token");

        var again = await holder.PostAsync(Subject(rule, token, AccessToken)).ShouldBeGrantedAsync();

        again.Text("token_type").ShouldBe("DPoP");
        ClaimsOf(again.Text("access_token")).GetProperty("cnf").Text("jkt").ShouldBe(holder.Thumbprint);
        await Service.ShouldBeDeniedAsync(Subject(rule, token, AccessToken), "invalid_request", "binding_mismatch");
        (await ReasonAsync(thief.PostAsync(Subject(rule, token, AccessToken)))).ShouldBe("binding_mismatch");
    }

    // The service's own claims are stored separately from the provider's, which rules are tried on later.
    [Fact]
    public async Task Exchange_OwnToken_IsAuditedApart()
    {
        var (rule, token) = await GrantAsync();
        await Service.FormAsync(Subject(rule, token, AccessToken)).ShouldBeGrantedAsync();

        var body = await Service.LastAuditAsync("platform_federated_authentication");

        body.GetProperty("actor").Text("issuer").ShouldBe(FederatedService.PublicUrl);
        var data = body.GetProperty("event_data");
        data.TryGetProperty("oidc_token", out _).ShouldBeFalse();
        data.GetProperty("access_token").Text("jti").ShouldBe(ClaimsOf(token).Text("jti"));
        data.Text("family").ShouldBe(ClaimsOf(token).Text("family"));
    }

    [Fact]
    public async Task Exchange_OwnTokenDenied_IsExplainedByTheExchangeAlone()
    {
        var (rule, token) = await GrantAsync();
        var fields = Subject(rule, token, AccessToken).With("scope", "org:admin");

        var body = await Service.FormAsync(fields).ShouldBeOAuthErrorAsync(400, "invalid_scope");

        var entry = await Service.GetAsync($"/v1/authentication_history/{body.Text("request_id")}");
        entry.ToString().ShouldContain("scope_not_granted");
        entry.ToString().ShouldNotContain("issuer_unknown");
    }

    [Fact]
    public async Task Exchange_BearerTokenWithProof_GetsBound()
    {
        var (rule, token) = await GrantAsync();
        using var holder = ExchangeClient.WithKey(Service);

        var bound = await holder.PostAsync(Subject(rule, token, AccessToken)).ShouldBeGrantedAsync();

        ClaimsOf(bound.Text("access_token")).GetProperty("cnf").Text("jkt").ShouldBe(holder.Thumbprint);
    }

    [Fact]
    [Trait("Attack", "A42")]
    public async Task Exchange_OwnTokenUnderAnotherRule_IsDenied()
    {
        var (_, token) = await GrantAsync();
        var other = await Service.RuleAsync();

        await Service.ShouldBeDeniedAsync(Subject(other, token, AccessToken), "invalid_request", "rule_mismatch");
    }

    [Theory]
    [InlineData("aud", "audience_mismatch")]
    [InlineData("exp", "token_expired")]
    [InlineData("iat", "not_yet_valid")]
    [InlineData("iss", "issuer_unknown")]
    [InlineData("sub", "token_revoked")]
    [InlineData("workspace", "workspace_not_covered")]
    [InlineData("family", "token_malformed")]
    public async Task Exchange_OwnTokenThatDoesNotFit_IsDenied(string claim, string reason)
    {
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();
        var token = await Service.MintAsync(
            fixture.RuleId,
            claims =>
                claim switch
                {
                    "aud" => claims with { Audience = "https://docs.tunnel.test" },
                    "exp" => claims with { ExpiresAt = now },
                    "iat" => claims with { IssuedAt = now + 31 },
                    "iss" => claims with { Issuer = "https://other.test" },
                    "sub" => claims with { Subject = "svac_010000000000000000000000" },
                    "workspace" => claims with { Workspace = "wrkspc_010000000000000000000000" },
                    _ => claims with { Family = null },
                }
        );

        await Service.ShouldBeDeniedAsync(Subject(fixture.RuleId, token, AccessToken), "invalid_request", reason);
    }

    [Fact]
    public async Task Exchange_OwnTokenChanged_IsDeniedUnproven()
    {
        var (rule, token) = await GrantAsync();
        var other = await Service.AccessTokenAsync(rule);
        var mixed = $"{token[..token.LastIndexOf('.')]}{other[other.LastIndexOf('.')..]}";

        await Service.ShouldBeDeniedAsync(Subject(rule, mixed, AccessToken), "invalid_request", "signature_invalid");
    }

    [Fact]
    public async Task Exchange_RevokedFamily_IsDenied()
    {
        var (rule, token) = await GrantAsync();

        await Service.RevokeFamilyAsync(ClaimsOf(token).Text("family"));

        await Service.ShouldBeDeniedAsync(Subject(rule, token, AccessToken), "invalid_request", "token_revoked");
    }

    [Fact]
    public async Task Exchange_ArchivedRule_IsDenied()
    {
        var rule = await Service.RuleAsync();
        var token = await Service.AccessTokenAsync(rule);

        await Service.CreateAsync($"{FederatedService.Rules}/{rule}/archive");

        await Service.ShouldBeDeniedAsync(Subject(rule, token, AccessToken), "invalid_request", "rule_archived");
    }

    // A39, A40: the service's own token under the token type of a provider's token.
    [Theory]
    [Trait("Attack", "A40")]
    [InlineData(Jwt)]
    [InlineData(IdToken)]
    public async Task Exchange_OwnTokenAsAnotherType_IsDenied(string type)
    {
        var (rule, token) = await GrantAsync();

        var body = await Service.FormAsync(Subject(rule, token, type)).ShouldBeOAuthErrorAsync(400, "invalid_request");
        var reason = (await Service.HistoryOfAsync(body.Text("request_id")))!.Value.Text("reason");
        reason.ShouldBeOneOf("issuer_unknown", "typ_not_allowed");
    }

    [Fact]
    [Trait("Attack", "A40")]
    public async Task Exchange_OwnTokenAsAssertion_IsDenied()
    {
        var (rule, token) = await GrantAsync();

        var body = await Service.FormAsync(Assertion(rule, token)).ShouldBeOAuthErrorAsync(400, "invalid_grant");
        (await Service.HistoryOfAsync(body.Text("request_id")))!
            .Value.Text("reason")
            .ShouldBeOneOf("issuer_unknown", "typ_not_allowed");
    }

    private async Task<(string Rule, string Token)> GrantAsync()
    {
        var rule = await Service.RuleAsync();
        return (rule, await Service.AccessTokenAsync(rule));
    }

    private async Task<string?> ReasonAsync(Task<HttpResponseMessage> call)
    {
        var body = await call.ShouldBeOAuthErrorAsync(400, "invalid_request");
        return (await Service.HistoryOfAsync(body.Text("request_id")))!.Value.GetProperty("reason").GetString();
    }
}
