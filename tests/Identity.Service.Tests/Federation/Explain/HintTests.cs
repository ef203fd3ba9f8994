using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation.Explain.Hints;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing.Keys;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Explain;

/// <summary>One denial per hint, as the exchange records it; and none where the cause is another.</summary>
public sealed class HintTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Fact]
    [Trait("Attack", "A53")]
    public async Task Find_GitHubImmutableSubject_SaysThatTheFormatChanged() =>
        await ShouldHintAsync(
            Service.Token(claims => claims["sub"] = "repo:acme@65/app@74:ref:refs/heads/main"),
            "subject_format_changed",
            "subject_format_changed"
        );

    [Theory]
    [InlineData("https://github.com/acme")]
    [InlineData("sts.amazonaws.com")]
    [InlineData("api://AzureADTokenExchange")]
    [InlineData("https://kubernetes.default.svc.cluster.local")]
    [InlineData("0f8fad5b-d9cb-469f-a165-70867728950e")]
    public async Task Find_AudienceOfAnotherPlatform_NamesIt(string audience) =>
        await ShouldHintAsync(
            Service.Token(claims => claims["aud"] = audience),
            "audience_mismatch",
            "audience_platform_default"
        );

    [Fact]
    public async Task Find_AudienceOfOtherServices_SaysSo() =>
        await ShouldHintAsync(
            Service.Token(claims => claims["aud"] = new JsonArray("https://a.test", "https://b.test")),
            "audience_mismatch",
            "audience_array"
        );

    [Fact]
    public async Task Find_TokenOfTheQueue_SaysHowOldItIs()
    {
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();

        var text = await ShouldHintAsync(
            Service.Token(claims =>
            {
                claims["iat"] = now - 700;
                claims["exp"] = now - 400;
            }),
            "token_expired",
            "minted_long_ago"
        );

        text.ShouldContain("700 s ago and is valid for 300 s");
    }

    [Theory]
    [InlineData("nbf", "not_yet_valid")]
    [InlineData("iat", "issued_in_future")]
    public async Task Find_TokenOfTheFuture_BlamesAClock(string claim, string reason)
    {
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();

        var text = await ShouldHintAsync(Service.Token(claims => claims[claim] = now + 90), reason, "clock_ahead");

        text.ShouldContain("90 s ahead");
    }

    [Fact]
    public async Task Find_SameTokenTwice_SpeaksOfSharedFiles()
    {
        var token = Service.Token();
        using var first = await Service.ExchangeAsync(fixture.RuleId, token);

        await ShouldHintAsync(token, "jti_reused", "token_reused");
    }

    [Fact]
    public async Task Find_TokenInTwoHands_SaysSo()
    {
        var rule = await Service.RuleAsync(editIssuer: issuer => issuer["replay_mode"] = "bound_reuse");
        var token = Service.Token();
        using var holder = ExchangeClient.WithKey(Service);
        await holder.PostAsync(FormCalls.Assertion(rule, token)).ShouldBeGrantedAsync();

        var text = await ShouldHintAsync(token, "replayed", "token_in_two_hands", rule);

        text.ShouldContain("Another client");
    }

    [Theory]
    [InlineData("dpop")]
    [InlineData("mtls")]
    public async Task Find_NoBinding_SaysWhichProofIsMissing(string bind)
    {
        var rule = await Service.RuleAsync(body => body["bind"] = bind);

        var text = await ShouldHintAsync(Service.Token(), "binding_required", "unbound_request", rule);

        text.ShouldContain("proved no key");
    }

    [Fact]
    public async Task Find_DpopWhereACertificateIsWanted_SaysWhichKindWasProved()
    {
        var rule = await Service.RuleAsync(body => body["bind"] = "mtls");
        using var holder = ExchangeClient.WithKey(Service);
        using var response = await holder.PostAsync(FormCalls.Assertion(rule, Service.Token()));

        var text = await HintOfAsync(response, "unbound_request");

        text.ShouldContain("proved a DPoP key");
    }

    [Theory]
    [InlineData("garbage", "actor_invalid", "not the subject's")]
    [InlineData("stranger", "actor_not_allowed", "no right to act")]
    [InlineData("itself", "actor_loop", "leave the actor token out")]
    public async Task Find_Delegation_SaysWhichTokenIsToBlame(string actor, string reason, string words)
    {
        var rule = await Service.RuleAsync();
        var token = await Service.AccessTokenAsync(rule);
        var acting = actor switch
        {
            "garbage" => "x",
            "itself" => token,
            _ => await Service.AccessTokenAsync(await Service.RuleAsync()),
        };
        using var response = await Service.FormAsync(
            FormCalls
                .Subject(rule, token, FormCalls.AccessToken)
                .With("actor_token", acting)
                .With("actor_token_type", FormCalls.AccessToken)
        );
        (await Service.HistoryOfAsync(response.Header("request-id")!))!.Value.Text("reason").ShouldBe(reason);

        (await HintOfAsync(response, "actor")).ShouldContain(words);
    }

    [Fact]
    public async Task Find_IssuerWithAnotherSlash_SaysSo() =>
        await ShouldHintAsync(
            Service.Token(claims => claims["iss"] = Service.Provider.Url + "/"),
            "issuer_unknown",
            "issuer_spelling"
        );

    [Fact]
    public async Task Find_UnknownKey_SaysWhenKeysWereFetched()
    {
        using var good = await Service.ExchangeAsync(fixture.RuleId, Service.Token());
        using var key = TestKeys.OtherRsa();
        var token = TestIdentityProvider.SignWith(
            key,
            """{"alg":"RS256","kid":"rsa-2"}""",
            Service.Provider.Claims(FederatedService.PublicUrl).ToJsonString()
        );

        await ShouldHintAsync(token, "kid_unknown", "kid_newer_than_keys");
    }

    [Fact]
    [Trait("Attack", "A54")]
    public async Task Find_EncodedEnvironment_SaysSo() =>
        await ShouldHintAsync(
            Service.Token(claims => claims["sub"] = "repo:acme/app:environment:prod%3Aeu"),
            "match_subject_prefix",
            "percent_encoded"
        );

    [Fact]
    public async Task Find_TokenOfThePlan_NamesThePhase()
    {
        var rule = await Service.RuleAsync(body =>
            body["match"]!["claims"] = new JsonObject { ["terraform_run_phase"] = "apply" }
        );

        await ShouldHintAsync(
            Service.Token(claims => claims["terraform_run_phase"] = "plan"),
            "claim_mismatch",
            "run_phase",
            rule
        );
    }

    [Theory]
    [Trait("Attack", "A55")]
    [InlineData("sub", "repo:acme/app:pull_request")]
    [InlineData("event_name", "pull_request_target")]
    [InlineData("pipeline_source", "merge_request_event")]
    public async Task Find_JobOfAProposal_SaysSo(string claim, string value) =>
        await ShouldHintAsync(
            Service.Token(claims =>
            {
                claims["sub"] = "repo:acme/app:ref:refs/pull/1/merge";
                claims[claim] = value;
            }),
            "match_subject_prefix",
            "fork_or_pull_request"
        );

    [Fact]
    public async Task Find_PlainMismatch_HasNoHint()
    {
        var (reason, hints) = await DenyAsync(Service.Token(claims => claims["sub"] = "repo:acme/x:y"), fixture.RuleId);

        reason.ShouldBe("match_subject_prefix");
        hints.ShouldBeEmpty();
    }

    [Fact]
    public void All_Codes_AreDistinct() => HintCatalogue.All.Select(hint => hint.Code).ShouldBeUnique();

    private async Task<string> ShouldHintAsync(string token, string reason, string hint, string? rule = null)
    {
        var (actual, hints) = await DenyAsync(token, rule ?? fixture.RuleId);
        actual.ShouldBe(reason);
        hints.Keys.ShouldBe([hint]);
        return hints[hint];
    }

    private async Task<(string Reason, Dictionary<string, string> Hints)> DenyAsync(string token, string rule)
    {
        using var response = await Service.ExchangeAsync(rule, token);
        return await HintsAsync(response);
    }

    private async Task<string> HintOfAsync(HttpResponseMessage denied, string hint) =>
        (await HintsAsync(denied)).Hints[hint];

    private async Task<(string Reason, Dictionary<string, string> Hints)> HintsAsync(HttpResponseMessage response)
    {
        var entry = await Service.GetAsync($"/v1/authentication_history/{response.Header("request-id")}");
        var trace = entry.GetProperty("trace");
        return (
            trace.Text("reason"),
            trace
                .GetProperty("hints")
                .EnumerateArray()
                .ToDictionary(hint => hint.Text("code"), hint => hint.Text("text"))
        );
    }
}
