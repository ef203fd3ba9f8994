using System.Net;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tokens.Binding;
using Culvert.Identity.Service.Tokens.Introspection;
using Culvert.Jose.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Introspection;

public sealed class IntrospectionTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Introspect_ByAnAdministrator_SaysEverything()
    {
        var token = await Service.MintAsync(
            fixture.RuleId,
            claims =>
                claims with
                {
                    Confirmation = new TokenConfirmation { KeyThumbprint = "thumb" },
                    Actor = new TokenActor("svac_b", null, new TokenActor("svac_c")),
                }
        );
        var claims = Service.ClaimsOf(token);

        var answer = await IntrospectAsync(Service.Service.AdminKey, token);

        answer.GetProperty("active").GetBoolean().ShouldBeTrue();
        answer.Text("token_type").ShouldBe("DPoP");
        answer.Text("iss").ShouldBe(FederatedService.PublicUrl);
        answer.Text("sub").ShouldBe(claims.Subject);
        answer.Text("jti").ShouldBe(claims.TokenId);
        answer.Text("scope").ShouldBe("workspace:manage_tunnels");
        answer.Text("rule").ShouldBe(fixture.RuleId);
        answer.GetProperty("rule_ver").GetInt32().ShouldBe(1);
        answer.Text("family").ShouldBe(claims.Family);
        answer.GetProperty("exp").GetInt64().ShouldBe(claims.ExpiresAt);
        answer.GetProperty("cnf").Text("jkt").ShouldBe("thumb");
        answer.GetProperty("act").Text("sub").ShouldBe("svac_b");
        answer.GetProperty("act").GetProperty("act").Text("sub").ShouldBe("svac_c");
        answer.GetProperty("src").Text("iss").ShouldStartWith("fdis_");
    }

    [Fact]
    public async Task Introspect_ByTheTokensOwnAccount_IsActive()
    {
        var token = await Service.AccessTokenAsync(fixture.RuleId);

        (await IntrospectAsync(token, token)).GetProperty("active").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Introspect_ByAnotherAccount_IsInactiveWithoutMore()
    {
        var token = await Service.AccessTokenAsync(fixture.RuleId);
        var other = await Service.AccessTokenAsync(await Service.RuleAsync());

        (await IntrospectAsync(other, token)).ToString().ShouldBe("""{"active":false}""");
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("expired")]
    [InlineData("foreign")]
    [InlineData("revoked")]
    [InlineData("organization")]
    public async Task Introspect_NoGoodToken_IsInactive(string which)
    {
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();
        var token = which switch
        {
            "garbage" => "x.y.z",
            "foreign" => Service.Token(),
            "expired" => await Service.MintAsync(fixture.RuleId, claims => claims with { ExpiresAt = now }),
            "organization" => await Service.MintAsync(
                fixture.RuleId,
                claims => claims with { Organization = "00000000-0000-4000-8000-000000000000" }
            ),
            _ => await Service.AccessTokenAsync(fixture.RuleId),
        };
        if (which == "revoked")
        {
            await Service.CreateAsync(
                "/v1/oauth/revocations",
                new() { ["kind"] = "token", ["token_id"] = Service.ClaimsOf(token).TokenId }
            );
        }

        (await IntrospectAsync(Service.Service.AdminKey, token)).ToString().ShouldBe("""{"active":false}""");
    }

    [Fact]
    public async Task Introspect_TokenForATunnel_IsActive()
    {
        var token = await Service.MintAsync(
            fixture.RuleId,
            claims => claims with { Audience = "https://app.tunnel.example.com" }
        );

        (await IntrospectAsync(Service.Service.AdminKey, token)).Text("aud").ShouldBe("https://app.tunnel.example.com");
    }

    [Fact]
    public async Task Introspect_WithoutCredential_IsChallenged()
    {
        using var response = await Service.PostAnonymousAsync(
            IntrospectionEndpoint.Path,
            "token=x",
            "application/x-www-form-urlencoded"
        );

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.First().Scheme.ShouldBe("Bearer");
    }

    private async Task<JsonElement> IntrospectAsync(string credential, string token)
    {
        using var client = Service.Service.Client(credential);
        using var response = await client.PostAsync(
            IntrospectionEndpoint.Path,
            new StringContent($"token={token}", Encoding.ASCII, "application/x-www-form-urlencoded"),
            TestContext.Current.CancellationToken
        );
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.JsonAsync();
    }
}
