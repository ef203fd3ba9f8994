using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Rules;

/// <summary>Every kind of condition, from the rule on the wire to the reason in the history.</summary>
public sealed class RuleConditionExchangeTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Theory]
    [InlineData("""{"subject_segments":"repo:acme/*:ref:refs/heads/main"}""", null)]
    [InlineData("""{"subject_segments":"repo:acme/*:ref:refs/heads/*"}""", null)]
    [InlineData("""{"subject_segments":"repo:acme/*:environment:*"}""", "match_subject_prefix")]
    [InlineData("""{"subject_segments":"repo:acme/*:ref:*"}""", "match_subject_prefix")]
    [InlineData("""{"matchers":[{"claim":"/kubernetes.io/namespace","eq":"prod"}]}""", null)]
    [InlineData("""{"matchers":[{"claim":"/kubernetes.io/namespace","eq":"dev"}]}""", "claim_mismatch")]
    [InlineData("""{"matchers":[{"claim":"/kubernetes.io/pod","eq":"dev"}]}""", "claim_missing")]
    [InlineData("""{"matchers":[{"claim":"kubernetes.io","eq":"prod"}]}""", "claim_mismatch")]
    [InlineData("""{"matchers":[{"claim":"run","eq":"17"}]}""", "claim_mismatch")]
    [InlineData("""{"matchers":[{"claim":"run","eq":17},{"claim":"groups","contains":"ops"}]}""", null)]
    [InlineData("""{"condition":"claims['kubernetes.io'].namespace == 'prod'"}""", null)]
    [InlineData("""{"condition":"claims.run > 16 && 'ops' in claims.groups"}""", null)]
    [InlineData("""{"condition":"claims.run == '17'"}""", "condition_false")]
    [InlineData("""{"condition":"claims.absent == 'x'"}""", "cel_error")]
    [InlineData("""{"condition":"claims.absent != 'x' && claims.run == 17"}""", "cel_error")]
    [InlineData("""{"subject_prefix":"repo:acme/*","condition":"claims.run == 18"}""", "condition_false")]
    [InlineData("""{"subject_prefix":"repo:acme/*","matchers":[{"claim":"run","in":[18]}]}""", "claim_mismatch")]
    public async Task Exchange_Condition_DecidesWithItsReason(string match, string? reason)
    {
        var rule = await Service.RuleAsync(body => body["match"] = JsonNode.Parse(match));
        var token = Service.Token(claims =>
        {
            claims["kubernetes.io"] = new JsonObject { ["namespace"] = "prod" };
            claims["run"] = 17;
            claims["groups"] = new JsonArray("dev", "ops");
        });

        if (reason is not null)
        {
            (await Service.DenialAsync(rule, token)).ShouldBe(reason);
            return;
        }

        using var response = await Service.ExchangeAsync(rule, token);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // A compiler's message without its place is half a message.
    [Fact]
    public async Task Create_BadCondition_NamesPlaceAndRemedy()
    {
        var body = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync());
        body["match"] = new JsonObject { ["condition"] = "claims.a == 'x' && int(claims.b) == 1" };

        using var response = await Service.PostAsync(FederatedService.Rules, body);

        var error = (await response.JsonAsync()).GetProperty("error");
        error.Text("message").ShouldContain("at character 20: int is not supported: types are not converted");
        error.GetProperty("details").GetProperty("position").GetInt32().ShouldBe(20);
    }
}
