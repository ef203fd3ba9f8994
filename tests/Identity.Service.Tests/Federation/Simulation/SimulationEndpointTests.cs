using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Simulation;

public sealed class SimulationEndpointTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string Path = FederatedService.Rules + "/simulate";

    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Simulate_GoodToken_SaysWhatItWouldGrantAndUsesNothingUp()
    {
        var token = Service.Token();

        for (var i = 0; i < 2; i++)
        {
            var answer = await SimulateAsync(new JsonObject { ["token"] = token, ["rule_id"] = fixture.RuleId });

            answer.Text("decision").ShouldBe("granted");
            answer.GetProperty("grant").Text("oauth_scope").ShouldBe("workspace:manage_tunnels");
            answer
                .GetProperty("trace")
                .GetProperty("steps")
                .EnumerateArray()
                .ShouldAllBe(s => s.GetProperty("ok").GetBoolean());
        }

        using var exchanged = await Service.ExchangeAsync(fixture.RuleId, token);
        exchanged.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Simulate_ForgedToken_IsDeniedAsTheExchangeWould()
    {
        var (good, other) = (Service.Token().Split('.'), Service.Token().Split('.'));

        var answer = await SimulateAsync(
            new JsonObject { ["token"] = $"{good[0]}.{good[1]}.{other[2]}", ["rule_id"] = fixture.RuleId }
        );

        answer.Text("reason").ShouldBe("signature_invalid");
    }

    [Fact]
    public async Task Simulate_Claims_AgainstADraft_SaysTheNearestMiss()
    {
        var draft = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync());
        draft["match"] = new JsonObject { ["claims"] = new JsonObject { ["environment"] = "prod" } };
        var claims = new JsonObject { ["sub"] = "repo:acme/app:ref:refs/heads/main", ["environment"] = "staging" };

        var answer = await SimulateAsync(new JsonObject { ["claims"] = claims, ["rule"] = draft });

        answer.Text("reason").ShouldBe("claim_mismatch");
        answer.GetProperty("rule").GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null);
        answer
            .GetProperty("trace")
            .GetProperty("nearest")
            .Text("text")
            .ShouldBe("only `environment` differs: got `staging`");
    }

    [Fact]
    public async Task Simulate_PastEvent_IsTriedAgain()
    {
        var rule = await Service.RuleAsync(body =>
            body["match"]!["claims"] = new JsonObject { ["environment"] = "qa" }
        );
        using var denied = await Service.ExchangeAsync(rule, Service.Token());

        var answer = await SimulateAsync(
            new JsonObject { ["request_id"] = denied.Header("request-id"), ["rule_id"] = fixture.RuleId }
        );

        answer.Text("decision").ShouldBe("granted");
    }

    [Fact]
    public async Task Simulate_RuleNotInForce_IsTriedAsIfItWere()
    {
        var rule = await Service.RuleAsync(body => body["state"] = "draft");

        var answer = await SimulateAsync(
            new JsonObject
            {
                ["claims"] = new JsonObject { ["sub"] = "repo:acme/app:ref:refs/heads/main" },
                ["rule_id"] = rule,
            }
        );

        answer.Text("decision").ShouldBe("granted");
        answer.GetProperty("rule").Text("state").ShouldBe("draft");
        (await Service.DenialAsync(rule, Service.Token())).ShouldBe("rule_draft");
    }

    [Fact]
    public async Task Simulate_WithoutARule_SearchesTheIssuersRules()
    {
        await using var service = await FederatedService.StartAsync();
        var issuer = await service.IssuerAsync();
        var account = await service.AccountAsync();
        var ids = new List<string>();
        foreach (var environment in new[] { "prod", "staging" })
        {
            var body = service.RuleBody(issuer, account);
            body["name"] = environment;
            body["match"]!["claims"] = new JsonObject { ["environment"] = environment };
            ids.Add((await service.CreateAsync(FederatedService.Rules, body)).Text("id"));
        }

        var found = await service.CreateAsync(Path, new JsonObject { ["token"] = service.Token() });
        var missed = await service.CreateAsync(
            Path,
            new JsonObject { ["token"] = service.Token(claims => claims["environment"] = "dev") }
        );
        var wide = service.RuleBody(issuer, await service.AccountAsync());
        await service.CreateAsync(FederatedService.Rules, wide);
        var ambiguous = await service.CreateAsync(Path, new JsonObject { ["token"] = service.Token() });

        found.Text("decision").ShouldBe("granted");
        found.GetProperty("searched").GetInt32().ShouldBe(2);
        found.GetProperty("matches").EnumerateArray().Single().GetProperty("rule").Text("id").ShouldBe(ids[0]);
        missed.Text("reason").ShouldBe("claim_mismatch");
        missed
            .GetProperty("nearest")
            .EnumerateArray()
            .Select(n => n.GetProperty("rule").Text("name"))
            .ShouldBe(["prod", "staging"]);
        missed.GetProperty("nearest")[0].Text("text").ShouldBe("only `environment` differs: got `dev`");
        ambiguous.Text("decision").ShouldBe("ambiguous");
        ambiguous.Text("reason").ShouldBe("ambiguous_rule");
    }

    [Fact]
    public async Task Simulate_LeavesAnAuditNoteWithoutClaims()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();

        await service.CreateAsync(Path, new JsonObject { ["token"] = service.Token(), ["rule_id"] = rule });

        // Fetching the issuer's keys for the first time leaves an entry of its own.
        var body = (await service.GetAsync("/v1/audit?limit=5"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(entry => entry.GetProperty("body"))
            .First(entry => entry.Text("event") == "platform_federation_rule_simulated");
        body.GetProperty("event_data").ToString().ShouldNotContain("repo:acme/app");
        (await service.GetAsync("/v1/authentication_history")).GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("""{}""", "body")]
    [InlineData("""{"token":"a.b.c","claims":{"sub":"a"}}""", "body")]
    [InlineData("""{"sample":"github"}""", "sample")]
    [InlineData("""{"sample":"github-actions/no-such"}""", "sample")]
    [InlineData("""{"claims":["sub"]}""", "claims")]
    [InlineData("""{"request_id":"req_01unknown"}""", "request_id")]
    [InlineData("""{"claims":{"sub":"a"}}""", "issuer_id")]
    [InlineData("""{"claims":{"sub":"a"},"issuer_id":"fdis_01"}""", "issuer_id")]
    public async Task Simulate_BadRequest_IsRefusedByName(string body, string member)
    {
        var error = await Service
            .Service.Api.PostAsync(Path, body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        error.Text("message").ShouldStartWith(member);
    }

    // The exchange denies it, and the trace says in which step; a refusal of the request would not.
    [Theory]
    [InlineData("x", true)]
    [InlineData("x", false)]
    [InlineData("a.b.c", true)]
    public async Task Simulate_TokenThatCannotBeRead_IsDeniedInTheStepParse(string token, bool hasRule)
    {
        var body = new JsonObject { ["token"] = token };
        if (hasRule)
        {
            body["rule_id"] = fixture.RuleId;
        }

        var answer = await SimulateAsync(body);

        answer.Text("decision").ShouldBe("denied");
        answer.Text("reason").ShouldBe("token_malformed");
        var step = answer.GetProperty("trace").GetProperty("steps").EnumerateArray().Last();
        step.Text("s").ShouldBe("parse");
        step.GetProperty("ok").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Simulate_SampleOfAPreset_IsTriedLikeClaims()
    {
        var preset = Culvert.Identity.Service.Federation.Presets.PresetCatalogue.All.First(p =>
            p.Name == "github-actions"
        );

        var answer = await SimulateAsync(
            new JsonObject { ["sample"] = $"github-actions/{preset.Samples[0].Name}", ["rule_id"] = fixture.RuleId }
        );

        answer.Text("reason").ShouldBe("issuer_unknown");
    }

    [Fact]
    public async Task Simulate_UnknownRule_IsNotFound() =>
        await Service
            .Service.Api.PostAsync(Path, """{"claims":{"sub":"a"},"rule_id":"fdrl_01unknown"}""")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");

    private Task<JsonElement> SimulateAsync(JsonObject body) => Service.CreateAsync(Path, body);
}
