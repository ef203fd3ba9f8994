using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Assertions;

/// <summary>Assertions for upstreams, with agents that enrol over real TLS; a library that is not Culvert's verifies them.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class AssertionTests : IAsyncLifetime
{
    private const string Path = "/v1/agent/assertions";
    private const string Audience = "api://AzureADTokenExchange";

    private MachineBench bench = null!;
    private HttpClient agent = null!;
    private string agentId = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Issuer => $"{FederatedService.PublicUrl}/oauth/{bench.OrganizationId}/upstreams";

    public async ValueTask InitializeAsync()
    {
        bench = await MachineBench.StartAsync();
        var (enrollment, machine) = await bench.JoinAsync(bench.AgentToken());
        (agentId, agent) = (enrollment.Id, machine);
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Issue_AllowedAudience_VerifiesWithTheOrganizationsIssuerAndLivesFiveMinutes()
    {
        await AllowAsync(Audience, "sts.amazonaws.com");

        var answer = await IssueAsync();

        var token = await VerifyAsync(answer.Text("assertion")!, Issuer, Audience);
        var trustDomain = bench.Service.Options.TrustDomain;
        token.Subject.ShouldBe($"spiffe://{trustDomain}/tunnel/{bench.TunnelId}/route/docs");
        token.Alg.ShouldBe("RS256");
        token.GetClaim("tunnel_id").Value.ShouldBe(bench.TunnelId);
        token.GetClaim("route").Value.ShouldBe("docs");
        (token.ValidTo - token.ValidFrom).ShouldBe(TimeSpan.FromMinutes(5));
        token.ValidFrom.ShouldBe(bench.Service.Time.GetUtcNow().UtcDateTime, TimeSpan.FromSeconds(1));
        DateTimeOffset.Parse(answer.Text("expires_at")!, null).UtcDateTime.ShouldBe(token.ValidTo);
    }

    [Fact]
    public async Task Issue_Twice_HasTwoIdsAndOneSubject()
    {
        await AllowAsync(Audience);

        var first = new JsonWebToken((await IssueAsync()).Text("assertion"));
        var second = new JsonWebToken((await IssueAsync()).Text("assertion"));

        second.Id.ShouldNotBe(first.Id);
        second.Subject.ShouldBe(first.Subject);
        second.Kid.ShouldBe(first.Kid);
    }

    [Fact]
    public async Task Issue_TunnelsOwnDomain_IsTheRouteUnderscore()
    {
        await AllowAsync(Audience);

        var token = new JsonWebToken((await IssueAsync(route: "@")).Text("assertion"));

        token.Subject.ShouldEndWith("/route/_");
        token.GetClaim("route").Value.ShouldBe("@");
    }

    [Theory]
    [InlineData("api://azureadtokenexchange")]
    [InlineData("api://AzureADTokenExchange/")]
    [InlineData("sts.amazonaws.com")]
    [InlineData("")]
    public async Task Issue_OtherAudienceThanAllowed_IsRefused(string audience)
    {
        await AllowAsync(Audience);

        await CallAsync(audience).ShouldRefuseAsync(HttpStatusCode.Forbidden, "assertion.audience");
    }

    [Fact]
    public async Task Issue_NoAudienceAllowed_IsRefusedAndLeavesNoKey()
    {
        await CallAsync(Audience).ShouldRefuseAsync(HttpStatusCode.Forbidden, "assertion.audience");

        (await KeysAsync()).GetProperty("keys").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Docs")]
    [InlineData("a.b")]
    [InlineData("-a")]
    [InlineData("a/route/b")]
    [InlineData("_")]
    public async Task Issue_NameThatNoRouteHas_IsRefused(string route)
    {
        await AllowAsync(Audience);

        await CallAsync(Audience, route).ShouldRefuseAsync(HttpStatusCode.BadRequest, "assertion.route");
    }

    [Fact]
    public async Task Issue_ArchivedTunnel_IsRefused()
    {
        await AllowAsync(Audience);
        await bench.Service.Api.PostOkAsync($"/v1/tunnels/{bench.TunnelId}/archive");

        await CallAsync(Audience).ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
    }

    [Fact]
    public async Task Issue_RevokedAgent_IsRefused()
    {
        await AllowAsync(Audience);
        await bench.Service.Api.PostOkAsync($"/v1/tunnels/{bench.TunnelId}/agents/{agentId}/revoke");

        await CallAsync(Audience).ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.peer_revoked");
    }

    [Fact]
    public async Task Issue_AudienceWithdrawn_IsRefusedFromTheNextRequestOn()
    {
        await AllowAsync(Audience);
        await IssueAsync();

        await AllowAsync();

        await CallAsync(Audience).ShouldRefuseAsync(HttpStatusCode.Forbidden, "assertion.audience");
    }

    [Fact]
    public async Task Issue_TooOften_IsRefused()
    {
        await AllowAsync(Audience);
        for (var i = 0; i < 120; i++)
        {
            await IssueAsync();
        }

        await CallAsync(Audience).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "assertion.rate");
    }

    [Fact]
    public async Task Issue_Granted_IsAuditedWithoutTheAssertion()
    {
        await AllowAsync(Audience);

        var assertion = (await IssueAsync()).Text("assertion")!;

        var entry = (await bench.Service.Api.GetOkAsync("/v1/audit?limit=10"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(row => row.GetProperty("body"))
            .First(body => body.Text("event") == "upstream_assertion_issued");
        var data = entry.GetProperty("event_data");
        var token = new JsonWebToken(assertion);
        data.Text("jti").ShouldBe(token.Id);
        data.Text("subject").ShouldBe(token.Subject);
        data.Text("audience").ShouldBe(Audience);
        data.Text("route").ShouldBe("docs");
        entry.ToString().ShouldNotContain(assertion.Split('.')[2]);
    }

    [Fact]
    public async Task Issue_TwoOrganizations_HaveIssuersOfTheirOwn()
    {
        await AllowAsync(Audience);
        var assertion = (await IssueAsync()).Text("assertion")!;
        var other = await bench.Service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var foreign = $"{FederatedService.PublicUrl}/oauth/{other.Id()}/upstreams";
        (await GetAsync($"/oauth/{other.Id()}/upstreams/.well-known/openid-configuration"))
            .Text("issuer")
            .ShouldBe(foreign);

        var verified = await new JsonWebTokenHandler().ValidateTokenAsync(
            assertion,
            Parameters(await KeysAsync(), foreign, Audience)
        );

        verified.Exception.ShouldBeOfType<SecurityTokenInvalidIssuerException>();
    }

    [Fact]
    public async Task Configuration_OfAnOrganization_NamesTheIssuerOfItsPathAndItsKeys()
    {
        var metadata = await GetAsync($"/oauth/{bench.OrganizationId}/upstreams/.well-known/openid-configuration");

        metadata.Text("issuer").ShouldBe(Issuer);
        metadata.Text("jwks_uri").ShouldBe(Issuer + "/jwks");
        metadata.GetProperty("id_token_signing_alg_values_supported")[0].GetString().ShouldBe("RS256");
        metadata.GetProperty("response_types_supported")[0].GetString().ShouldBe("id_token");
        metadata.GetProperty("subject_types_supported")[0].GetString().ShouldBe("public");
    }

    [Theory]
    [InlineData("/oauth/none/upstreams/jwks")]
    [InlineData("/oauth/none/upstreams/.well-known/openid-configuration")]
    public async Task Documents_OfAMalformedId_AreNotFound(string path)
    {
        using var anonymous = bench.Service.Client(bearer: null);

        await anonymous
            .GetAsync(new Uri(path, UriKind.Relative), Cancel)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Fact]
    public async Task KeySet_OfAssertions_SharesNoKeyWithThatOfAccessTokens()
    {
        await AllowAsync(Audience);
        var kid = new JsonWebToken((await IssueAsync()).Text("assertion")).Kid;

        var own = await GetAsync("/v1/oauth/jwks");

        own.GetProperty("keys").EnumerateArray().Select(key => key.Text("kid")).ShouldNotContain(kid);
        (await KeysAsync()).GetProperty("keys").EnumerateArray().Single().Text("kid").ShouldBe(kid);
    }

    [Fact]
    public async Task Rotate_CompromisedAssertionKey_IsGoneAndAnotherOneSigns()
    {
        await AllowAsync(Audience);
        var first = (await IssueAsync()).Text("assertion")!;
        var kid = new JsonWebToken(first).Kid;

        var keys = await bench.Service.Api.PostOkAsync(
            "/v1/oauth/signing_keys/rotate",
            $$"""{"compromised_key_id":"{{kid}}","reason":"drill"}"""
        );

        var listed = keys.GetProperty("data").EnumerateArray().ToList();
        listed.Select(key => key.Text("algorithm")).ShouldBe(["ES256", "RS256"]);
        listed.Select(key => key.Id()).ShouldNotContain(kid);
        var second = (await IssueAsync()).Text("assertion")!;
        await VerifyAsync(second, Issuer, Audience);
        var verified = await new JsonWebTokenHandler().ValidateTokenAsync(
            first,
            Parameters(await KeysAsync(), Issuer, Audience)
        );
        verified.Exception.ShouldBeOfType<SecurityTokenSignatureKeyNotFoundException>();
    }

    [Theory]
    [InlineData("https://identity.test:8443")]
    [InlineData("https://IDENTITY.test:8443/v1/oauth/token")]
    [InlineData("two words")]
    [InlineData("")]
    [InlineData("sts.amazonaws.com ")]
    [InlineData("ä")]
    public async Task Update_AudienceThatNoUpstreamHas_IsRefused(string audience)
    {
        using var answer = await UpdateAsync(audience);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.ErrorCodeAsync()).ShouldBe("tunnel.assertion_audience");
    }

    [Fact]
    public async Task Update_MoreOrLongerOrRepeatedAudiences_AreRefused()
    {
        foreach (
            var list in (string[][])
                [
                    [new string('a', 513)],
                    ["a", "a"],
                    [.. Enumerable.Range(0, 17).Select(i => $"a{i}")],
                ]
        )
        {
            using var answer = await UpdateAsync(list);
            (await answer.ErrorCodeAsync()).ShouldBe("tunnel.assertion_audience");
        }

        await AllowAsync([.. Enumerable.Range(0, 16).Select(i => i + new string('a', 510))]);
    }

    private Task<JsonElement> AllowAsync(params string[] audiences) =>
        bench.SetTunnelAsync(new { assertion_audiences = audiences });

    private Task<HttpResponseMessage> UpdateAsync(params string[] audiences) =>
        bench.Service.Api.PostAsync(
            $"/v1/tunnels/{bench.TunnelId}",
            JsonSerializer.Serialize(new { assertion_audiences = audiences })
        );

    private Task<JsonElement> IssueAsync(string audience = Audience, string route = "docs") =>
        agent.PostOkAsync(Path, Body(audience, route));

    private Task<HttpResponseMessage> CallAsync(string audience, string route = "docs") =>
        agent.PostAsync(Path, Body(audience, route));

    private static string Body(string audience, string route) =>
        new JsonObject { ["route"] = route, ["audience"] = audience }.ToJsonString();

    private async Task<JsonElement> GetAsync(string path)
    {
        using var anonymous = bench.Service.Client(bearer: null);
        return await anonymous.GetOkAsync(path);
    }

    private Task<JsonElement> KeysAsync() => GetAsync($"/oauth/{bench.OrganizationId}/upstreams/jwks");

    private async Task<JsonWebToken> VerifyAsync(string assertion, string issuer, string audience)
    {
        var verified = await new JsonWebTokenHandler().ValidateTokenAsync(
            assertion,
            Parameters(await KeysAsync(), issuer, audience)
        );
        verified.Exception.ShouldBeNull();
        return (JsonWebToken)verified.SecurityToken;
    }

    private static TokenValidationParameters Parameters(JsonElement keys, string issuer, string audience) =>
        new()
        {
            IssuerSigningKeys = new JsonWebKeySet(keys.ToString()).GetSigningKeys(),
            ValidIssuer = issuer,
            ValidAudience = audience,
            ValidAlgorithms = ["RS256"],
            ValidTypes = ["JWT"],
            ValidateLifetime = false, // the clock of the service is faked
        };
}
