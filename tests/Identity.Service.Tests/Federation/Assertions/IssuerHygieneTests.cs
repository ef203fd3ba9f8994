using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Assertions;

/// <summary>What an issuer's record asks of its tokens, beyond what is asked of all.</summary>
public sealed class IssuerHygieneTests
{
    [Theory]
    [Trait("Attack", "A21")]
    [InlineData("\"https://identity.test:8443\"", null)]
    [InlineData("[\"https://identity.test:8443\"]", null)]
    [InlineData("[\"https://identity.test:8443\",\"https://other.test\"]", "audience_multiple")]
    [InlineData("[\"https://other.test\",\"https://identity.test:8443\"]", "audience_multiple")]
    [InlineData("\"https://identity.test:84430\"", "audience_mismatch")]
    [InlineData("\"https://identity.test:844\"", "audience_mismatch")]
    [InlineData("{\"aud\":\"https://identity.test:8443\"}", "audience_invalid")]
    public async Task Exchange_SingleAudience_RefusesMore(string audience, string? reason)
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(editIssuer: body => body["single_audience"] = true);

        await ShouldEndAsync(service, rule, service.Token(claims => claims["aud"] = JsonNode.Parse(audience)), reason);
    }

    [Theory]
    [Trait("Attack", "A21")]
    [InlineData("[\"https://identity.test:8443\",\"https://\\u0456dentity.test\"]")]
    [InlineData("[\"https://identity.test:8443\",\"https://identit\u00ff.test\"]")]
    public async Task Exchange_LookAlikeAudience_NeedsTheIssuersLeave(string audience)
    {
        await using var service = await FederatedService.StartAsync();
        var strict = await service.RuleAsync();
        var lenient = await service.RuleAsync(editIssuer: body => body["allow_non_ascii"] = true);
        var claims = service.Provider.Claims(FederatedService.PublicUrl);
        claims.Remove("aud");
        var text = $"{claims.ToJsonString()[..^1]},\"aud\":{audience}}}";

        await ShouldEndAsync(service, strict, service.Provider.SignText(text), "audience_invalid");
        await ShouldEndAsync(service, lenient, service.Provider.SignText(text), null);
    }

    [Theory]
    [InlineData("repo:acme/\u0430pp", false, "subject_invalid")]
    [InlineData("repo:acme/\u0430pp", true, null)]
    [InlineData("repo:acme/app\u0085x", true, "subject_invalid")]
    public async Task Exchange_SubjectBeyondAscii_NeedsTheIssuersLeave(string subject, bool allowed, string? reason)
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(
            body => body["match"] = new JsonObject { ["claims"] = new JsonObject { ["environment"] = "prod" } },
            body => body["allow_non_ascii"] = allowed
        );

        await ShouldEndAsync(service, rule, service.Token(claims => claims["sub"] = subject), reason);
    }

    [Theory]
    [Trait("Attack", "A39")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1"}""", "typ_not_allowed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"JWT"}""", "typ_not_allowed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"at+jwt"}""", null)]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"application/AT+JWT"}""", null)]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"dpop+jwt"}""", "typ_not_allowed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"logout+jwt"}""", "typ_not_allowed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"secevent+jwt"}""", "typ_not_allowed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"vc+sd-jwt"}""", "typ_not_allowed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"entity-statement+jwt"}""", "typ_not_allowed")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"oauth-id-jag+jwt"}""", "typ_not_allowed")]
    public async Task Exchange_TypeOutsideTheIssuersList_IsRefused(string header, string? reason)
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(editIssuer: body => body["types"] = new JsonArray("at+jwt"));

        await ShouldEndAsync(
            service,
            rule,
            service.Provider.Sign(service.Provider.Claims(FederatedService.PublicUrl), header),
            reason
        );
    }

    [Fact]
    [Trait("Attack", "A39")]
    public async Task Exchange_OurOwnAccessToken_IsNoAssertion()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();

        await ShouldEndAsync(service, rule, await service.AccessTokenAsync(rule), "issuer_unknown");
    }

    [Fact]
    [Trait("Attack", "A22")]
    public async Task Exchange_TokenOfAnotherTenantOfTheIssuer_IsRefused()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(body =>
            body["match"] = new JsonObject { ["claims"] = new JsonObject { ["repository_owner_id"] = "65" } }
        );

        await ShouldEndAsync(service, rule, service.Token(claims => claims["repository_owner_id"] = "65"), null);
        await ShouldEndAsync(
            service,
            rule,
            service.Token(claims => claims["repository_owner_id"] = "66"),
            "claim_mismatch"
        );
        await ShouldEndAsync(service, rule, service.Token(), "claim_missing");
    }

    [Theory]
    [InlineData("spiffe://prod.test/agent", null, null)]
    [InlineData("spiffe://prod.test/agent", "https://any.test", null)]
    [InlineData("spiffe://prod.test.evil/agent", null, "trust_domain_mismatch")]
    [InlineData("spiffe://prod.testx", null, "trust_domain_mismatch")]
    [InlineData("spiffe://prod.test", null, "trust_domain_mismatch")]
    [InlineData("spiffe://prod.test/", null, "trust_domain_mismatch")]
    [InlineData("SPIFFE://prod.test/agent", null, "trust_domain_mismatch")]
    [InlineData("https://prod.test/agent", null, "trust_domain_mismatch")]
    public async Task Exchange_Svid_IsOfItsBundlesTrustDomain(string subject, string? issuer, string? reason)
    {
        await using var service = await FederatedService.StartAsync();
        var keys = (JsonArray)service.Provider.Keys.DeepClone();
        foreach (var key in keys)
        {
            key!["use"] = "jwt-svid";
        }

        var rule = await service.RuleAsync(
            body => body["match"] = new JsonObject { ["claims"] = new JsonObject { ["environment"] = "prod" } },
            body =>
            {
                body.Remove("allowed_targets");
                body["issuer_url"] = "spiffe://prod.test";
                body["jwks"] = new JsonObject
                {
                    ["type"] = "spiffe_bundle",
                    ["trust_domain"] = "prod.test",
                    ["bundle"] = new JsonObject { ["keys"] = keys },
                };
            }
        );
        var token = service.Token(claims =>
        {
            claims.Remove("iss");
            claims["sub"] = subject;
            if (issuer is not null)
            {
                claims["iss"] = issuer;
            }
        });

        await ShouldEndAsync(service, rule, token, reason);
    }

    private static async Task ShouldEndAsync(FederatedService service, string rule, string token, string? reason)
    {
        if (reason is not null)
        {
            (await service.DenialAsync(rule, token)).ShouldBe(reason);
            return;
        }

        using var response = await service.ExchangeAsync(rule, token);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
