using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing.Keys;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.History;

public sealed class HistoryEndpointTests
{
    private const string Path = "/v1/authentication_history";

    [Fact]
    public async Task Get_ProvenDenial_HasItsWholeTrace()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(body =>
            body["match"]!["claims"] = new JsonObject { ["environment"] = "prod" }
        );

        var trace = await TraceAsync(service, rule, service.Token(claims => claims["environment"] = "staging"));

        trace.Text("reason").ShouldBe("claim_mismatch");
        trace.Text("doc").ShouldBe("docs/explain.md#claim_mismatch");
        trace.GetProperty("clock_delta_s").GetInt64().ShouldBe(0);
        trace.Text("kid").ShouldBe("rsa-1");
        trace.Text("key_state").ShouldBe("fresh");
        trace.Text("sub_format").ShouldBe("github_classic");
        Steps(trace)
            .ShouldBe([
                "request",
                "parse",
                "issuer_lookup",
                "key_lookup",
                "signature",
                "times",
                "subject",
                "audience",
                "replay",
                "rule",
            ]);
        var condition = trace.GetProperty("steps")[9].GetProperty("conds")[1];
        condition.Text("claim").ShouldBe("environment");
        condition.Text("op").ShouldBe("eq");
        condition.Text("want").ShouldBe("prod");
        condition.Text("got").ShouldBe("staging");
        var nearest = trace.GetProperty("nearest");
        nearest.Text("rule").ShouldBe(rule);
        nearest.GetProperty("failed").GetInt32().ShouldBe(1);
        nearest.Text("text").ShouldBe("only `environment` differs: got `staging`");
    }

    [Fact]
    public async Task Get_UnprovenDenial_StopsWhereNothingIsProven()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        var parts = service.Token().Split('.');
        var forged = service.Token(claims => claims["sub"] = "another-subject").Split('.');

        var trace = await TraceAsync(service, rule, $"{forged[0]}.{forged[1]}.{parts[2]}");

        trace.Text("reason").ShouldBe("signature_invalid");
        trace.GetProperty("proven").GetBoolean().ShouldBeFalse();
        Steps(trace).ShouldBe(["request", "parse", "issuer_lookup", "key_lookup", "signature"]);
        trace.GetRawText().ShouldNotContain("another-subject");
    }

    [Fact]
    public async Task Get_ReusedToken_FailsAtReplay()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        var token = service.Token();
        using var first = await service.ExchangeAsync(rule, token);

        var trace = await TraceAsync(service, rule, token);

        trace.Text("reason").ShouldBe("jti_reused");
        trace
            .GetProperty("steps")
            .EnumerateArray()
            .Single(s => !s.GetProperty("ok").GetBoolean())
            .Text("s")
            .ShouldBe("replay");
    }

    [Fact]
    public async Task Get_Grant_IsReproducedFromItsRecord()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        using var response = await service.ExchangeAsync(rule, service.Token());
        service.Time.Advance(TimeSpan.FromHours(5));

        var entry = await service.GetAsync($"{Path}/{response.Header("request-id")}");

        var trace = entry.GetProperty("trace");
        trace.Text("decision").ShouldBe("granted");
        trace.GetProperty("reproduced").GetBoolean().ShouldBeTrue();
        trace.GetProperty("steps").EnumerateArray().ShouldAllBe(step => step.GetProperty("ok").GetBoolean());
        trace.GetRawText().ShouldNotContain("\"assumed\"");
    }

    [Fact]
    public async Task Get_GrantOfAnEarlierVersion_IsReproducedWithThatVersion()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        using var response = await service.ExchangeAsync(rule, service.Token());
        await service.CreateAsync(
            $"{FederatedService.Rules}/{rule}",
            new JsonObject { ["match"] = new JsonObject { ["subject_prefix"] = "somebody-else" } }
        );
        await service.CreateAsync($"{FederatedService.Rules}/{rule}/archive");

        var trace = (await service.GetAsync($"{Path}/{response.Header("request-id")}")).GetProperty("trace");

        trace.Text("decision").ShouldBe("granted");
        trace.GetProperty("reproduced").GetBoolean().ShouldBeTrue();
        trace
            .GetProperty("steps")
            .EnumerateArray()
            .Single(step => step.Text("s") == "request")
            .GetProperty("ver")
            .GetInt32()
            .ShouldBe(1);
    }

    [Fact]
    public async Task Get_Denial_ItsTraceIsVouchedForByTheChain()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync();
        using var denied = await service.ExchangeAsync(rule, service.Token(claims => claims["sub"] = "other"));

        var entry = await service.GetAsync($"{Path}/{denied.Header("request-id")}");

        var data = (await service.LastAuditAsync("platform_federated_authentication")).GetProperty("event_data");
        data.Text("trace_sha256")
            .ShouldBe(
                Convert.ToHexStringLower(
                    SHA256.HashData(Encoding.UTF8.GetBytes(entry.GetProperty("trace").GetRawText()))
                )
            );
    }

    [Fact]
    public async Task Get_PersonalClaim_IsNotRepeated()
    {
        await using var service = await FederatedService.StartAsync();
        var rule = await service.RuleAsync(body =>
            body["match"]!["claims"] = new JsonObject { ["email"] = "a@x.test" }
        );

        var trace = await TraceAsync(service, rule, service.Token(claims => claims["email"] = "eve@y.test"));

        trace.GetRawText().ShouldNotContain("eve@y.test");
        trace.GetProperty("nearest").Text("text").ShouldBe("only `email` differs: got `[redacted]`");
    }

    [Fact]
    public async Task Get_ByTheServiceAccountItself_ShowsItsOwnValuesAlone()
    {
        await using var service = await FederatedService.StartAsync();
        var (_, rule, client) = await CallerAsync(service);
        using var denied = await service.ExchangeAsync(
            rule,
            service.Token(claims => claims["environment"] = "staging")
        );

        using var response = await client.GetAsync(
            $"{Path}/{denied.Header("request-id")}",
            TestContext.Current.CancellationToken
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var seen = await response.JsonAsync();
        seen.EnumerateObject()
            .Select(member => member.Name)
            .ShouldBe(["type", "request_id", "decision", "reason", "retryable", "clock_delta_s", "failed", "hint"]);
        seen.GetProperty("failed")[0].Text("got").ShouldBe("staging");
        seen.GetRawText().ShouldNotContain("\"prod\"");
    }

    [Fact]
    public async Task Get_BeforeTheProof_IsCoarseForTheServiceAccount()
    {
        await using var service = await FederatedService.StartAsync();
        var (_, rule, client) = await CallerAsync(service);
        using var stranger = TestKeys.OtherRsa();
        var token = TestIdentityProvider.SignWith(
            stranger,
            """{"alg":"RS256","kid":"unknown"}""",
            service.Provider.Claims(FederatedService.PublicUrl).ToJsonString()
        );
        using var denied = await service.ExchangeAsync(rule, token);

        using var response = await client.GetAsync(
            $"{Path}/{denied.Header("request-id")}",
            TestContext.Current.CancellationToken
        );

        (await response.JsonAsync()).Text("reason").ShouldBe("signature_invalid");
    }

    [Fact]
    public async Task Get_OfAnotherServiceAccountOrUnknown_IsNotFound()
    {
        await using var service = await FederatedService.StartAsync();
        var (_, _, client) = await CallerAsync(service);
        using var other = await service.ExchangeAsync(await service.RuleAsync(), service.Token());

        await client
            .GetAsync($"{Path}/{other.Header("request-id")}", TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await service
            .Service.Api.GetAsync($"{Path}/req_01unknown", TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Theory]
    [InlineData(StorageBackend.Sqlite)]
    [InlineData(StorageBackend.Postgres)]
    public async Task List_Filters_AreAnded(StorageBackend backend)
    {
        await using var service = await FederatedService.StartAsync(options =>
            options with
            {
                Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, backend).Storage,
            }
        );
        var one = await service.RuleAsync();
        var two = await service.RuleAsync();
        await service.AccessTokenAsync(one);
        (await service.DenialAsync(one, service.Token(claims => claims["sub"] = "repo:acme/other:x"))).ShouldBe(
            "match_subject_prefix"
        );
        service.Time.Advance(TimeSpan.FromHours(1));
        (await service.DenialAsync(two, service.Token(claims => claims["sub"] = "repo:acme/other:x"))).ShouldBe(
            "match_subject_prefix"
        );
        (await service.DenialAsync(two, service.Token(claims => claims["aud"] = "https://other.test"))).ShouldBe(
            "audience_mismatch"
        );
        (await service.DenialAsync(two, "x")).ShouldBe("token_malformed");
        var issuer = (await service.GetAsync($"{FederatedService.Rules}/{two}")).Text("issuer_id");
        var later = Culvert.Platform.Wire.UtcTimeConverter.Format(service.Time.GetUtcNow() - TimeSpan.FromMinutes(1));

        (await CountAsync(service, "")).ShouldBe(5);
        (await CountAsync(service, $"federation_rule_id={one}")).ShouldBe(2);
        (await CountAsync(service, $"issuer_id={issuer}")).ShouldBe(3);
        (await CountAsync(service, "reason=match_subject_prefix")).ShouldBe(2);
        (await CountAsync(service, $"reason=match_subject_prefix&federation_rule_id={two}")).ShouldBe(1);
        (await CountAsync(service, "reason=match_subject_prefix&decision=granted")).ShouldBe(0);
        (await CountAsync(service, "subject=repo:acme/other:x")).ShouldBe(2);
        (await CountAsync(service, "subject=repo:acme/*")).ShouldBe(4);
        (await CountAsync(service, "subject=repo:acme/*&decision=granted")).ShouldBe(1);
        (await CountAsync(service, $"since={later}")).ShouldBe(3);
        (await CountAsync(service, $"until={later}")).ShouldBe(2);
        (await CountAsync(service, $"until={later}&decision=granted")).ShouldBe(1);
    }

    [Theory]
    [InlineData("decision=maybe")]
    [InlineData("reason=because")]
    [InlineData("federation_rule_id=x")]
    [InlineData("issuer_id=x")]
    [InlineData("since=yesterday")]
    [InlineData("since=2026-01-01T00:00:00")]
    [InlineData("until=2026-01-01")]
    [InlineData("subject=%00")]
    [InlineData("request_id=%0a")]
    public async Task List_BadFilter_IsRefusedByName(string query)
    {
        await using var service = await FederatedService.StartAsync();

        var error = await service
            .Service.Api.GetAsync($"{Path}?{query}", TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        error.Text("message").ShouldStartWith(query[..query.IndexOf('=')]);
    }

    private static async Task<(string Account, string Rule, HttpClient Client)> CallerAsync(FederatedService service)
    {
        var rule = await service.RuleAsync(body =>
            body["match"]!["claims"] = new JsonObject { ["environment"] = "prod" }
        );
        var client = service.Service.Client(await service.AccessTokenAsync(rule));
        return (
            (await service.GetAsync($"{FederatedService.Rules}/{rule}"))
                .GetProperty("target")
                .Text("service_account_id"),
            rule,
            client
        );
    }

    private static async Task<JsonElement> TraceAsync(FederatedService service, string rule, string token)
    {
        using var response = await service.ExchangeAsync(rule, token);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        return (await service.GetAsync($"{Path}/{response.Header("request-id")}")).GetProperty("trace");
    }

    private static IEnumerable<string> Steps(JsonElement trace) =>
        trace.GetProperty("steps").EnumerateArray().Select(step => step.Text("s"));

    private static async Task<int> CountAsync(FederatedService service, string query) =>
        (await service.GetAsync($"{Path}?{query}")).GetProperty("data").GetArrayLength();
}
