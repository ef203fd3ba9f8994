using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Exchange;

public sealed class TokenEndpointTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string UnknownRule = "fdrl_010000000000000000000000";

    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Post_GoodAssertion_GrantsUsableToken()
    {
        using var response = await Service.ExchangeAsync(fixture.RuleId, Service.Token());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Header("Cache-Control").ShouldBe("no-store");
        response.Header("anthropic-organization-id").ShouldBe(Service.OrganizationId);
        response.Header("anthropic-workspace-id").ShouldBe(Service.WorkspaceId);
        var body = await response.JsonAsync();
        body.Text("token_type").ShouldBe("Bearer");
        body.Text("scope").ShouldBe("workspace:manage_tunnels");
        using var client = Service.Service.Client(body.Text("access_token"));
        using var used = await client.GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken);
        used.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    // The claims are read where the request's body was, which the next request gets.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Post_ManyAtOnce_RecordsTheClaimsOfEach()
    {
        var ids = Enumerable.Range(0, 40).Select(i => $"at-once-{i:D2}").ToList();

        await Parallel.ForEachAsync(
            ids,
            TestContext.Current.CancellationToken,
            async (id, _) =>
            {
                var token = Service.Token(claims =>
                {
                    claims["jti"] = id;
                    claims["run"] = new string(id[^1], 50);
                });
                using var response = await Service.ExchangeAsync(fixture.RuleId, token);
                response.StatusCode.ShouldBe(HttpStatusCode.OK);
                var entry = (await Service.HistoryOfAsync(response.Header("request-id")!)).ShouldNotBeNull();
                var claims = entry.GetProperty("claims");
                claims.Text("jti").ShouldBe(id);
                claims.Text("run").ShouldBe(new string(id[^1], 50));
            }
        );
    }

    // I05: twice what the assertion has left, at most the rule's, at least a minute.
    [Theory]
    [InlineData(3600, 100, 200)]
    [InlineData(3600, 3000, 3600)]
    [InlineData(300, 3000, 300)]
    [InlineData(3600, 10, 60)]
    [InlineData(3600, -20, 60)]
    public async Task Post_Lifetime_FollowsRuleAndAssertion(int ruleSeconds, int remaining, int expected)
    {
        var rule = await Service.RuleAsync(body => body["token_lifetime_seconds"] = ruleSeconds);

        var token = await GrantAsync(rule, remaining);

        token.GetProperty("expires_in").GetInt32().ShouldBe(expected);
    }

    [Fact]
    public async Task Post_LifetimeOfMachineScope_IsCappedAtAnHour()
    {
        var rule = await Service.RuleAsync(
            body =>
            {
                body["oauth_scope"] = "certificate:issue";
                body["token_lifetime_seconds"] = 86_400;
            },
            issuer => issuer["max_jwt_lifetime_seconds"] = 86_400
        );

        (await GrantAsync(rule, 80_000)).GetProperty("expires_in").GetInt32().ShouldBe(3600);
    }

    // I02
    [Fact]
    public async Task Post_ExpectedServiceAccount_MustBeTheRules()
    {
        var account = await Service.AccountAsync();
        var rule = await Service.RuleAsync(body => body["target"]!["service_account_id"] = account);

        using var right = await Service.ExchangeAsync(rule, Service.Token(), b => b["service_account_id"] = account);
        right.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var none = await Service.ExchangeAsync(rule, Service.Token(), b => b["service_account_id"] = null);
        none.StatusCode.ShouldBe(HttpStatusCode.OK);
        var other = await Service.AccountAsync();
        (await Service.DenialAsync(rule, Service.Token(), b => b["service_account_id"] = other)).ShouldBe(
            "service_account_mismatch"
        );
    }

    // I07
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Post_SameTokenTwice_IsDenied()
    {
        var token = Service.Token();
        using var first = await Service.ExchangeAsync(fixture.RuleId, token);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Service.DenialAsync(fixture.RuleId, token)).ShouldBe("jti_reused");
    }

    [Fact]
    public async Task Post_OtherTokenWithSameId_IsDenied()
    {
        using var first = await Service.ExchangeAsync(fixture.RuleId, Service.Token(claims => claims["jti"] = "same"));

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        var later = Service.Token(claims =>
        {
            claims["jti"] = "same";
            claims["exp"] = claims["exp"]!.GetValue<long>() + 120;
        });
        (await Service.DenialAsync(fixture.RuleId, later)).ShouldBe("jti_reused");
    }

    [Fact]
    public async Task Post_SameTokenWithoutId_IsGrantedAgain()
    {
        var token = Service.Token(claims => claims.Remove("jti"));

        (await StatusTwiceAsync(fixture.RuleId, token)).ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK]);
    }

    [Fact]
    public async Task Post_SameTokenWithoutCheck_IsGrantedAgain()
    {
        var rule = await Service.RuleAsync(editIssuer: issuer => issuer["check_jti"] = false);

        (await StatusTwiceAsync(rule, Service.Token())).ShouldBe([HttpStatusCode.OK, HttpStatusCode.OK]);
    }

    // A19
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Post_SameTokenAHundredTimesAtOnce_IsGrantedOnce()
    {
        var token = Service.Token();

        var statuses = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(async _ =>
                {
                    using var response = await Service.ExchangeAsync(fixture.RuleId, token);
                    return response.StatusCode;
                })
        );

        statuses.Count(status => status == HttpStatusCode.OK).ShouldBe(1);
        statuses.Count(status => status == HttpStatusCode.Unauthorized).ShouldBe(99);
    }

    // Bodies and answers lie in arrays that many requests use, one after the other.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Post_ManyAtOnce_EachGetsItsOwnAnswer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(ExchangeAsync));

        foreach (var (id, isGood, status, body) in answers)
        {
            status.ShouldBe(isGood ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
            if (isGood)
            {
                var payload = Base64Url.DecodeFromChars(body.Text("access_token").Split('.')[1]);
                using var claims = JsonDocument.Parse(payload);
                claims
                    .RootElement.GetProperty("src")
                    .Text("jti")
                    .ShouldBe(Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(id))));
            }
        }

        async Task<(string Id, bool IsGood, HttpStatusCode Status, JsonElement Body)> ExchangeAsync(int i)
        {
            var (id, isGood) = ($"at-once-{i}-{new string('x', i)}", i % 3 > 0);
            using var response = await Service.ExchangeAsync(
                fixture.RuleId,
                Service.Token(claims =>
                {
                    claims["jti"] = id;
                    claims["aud"] = isGood ? claims["aud"]!.DeepClone() : "https://elsewhere.example.com";
                })
            );
            return (id, isGood, response.StatusCode, await response.JsonAsync());
        }
    }

    // A47, I09: whatever is wrong, the caller sees the same.
    [Fact]
    public async Task Post_AnyDenial_HasTheSameBodyAndHeaders()
    {
        var archived = await Service.RuleAsync();
        await Service.CreateAsync($"{FederatedService.Rules}/{archived}/archive");
        var answers = new List<string>
        {
            await DenialTextAsync(UnknownRule, Service.Token()),
            await DenialTextAsync(archived, Service.Token()),
            await DenialTextAsync(fixture.RuleId, "x"),
            await DenialTextAsync(fixture.RuleId, Service.Provider.Sign(Claims(), """{"alg":"HS256","kid":"k"}""")),
            await DenialTextAsync(fixture.RuleId, Service.Provider.Sign(Claims(), """{"alg":"RS256","kid":"no"}""")),
            await DenialTextAsync(fixture.RuleId, Service.Token(c => c["sub"] = "other")),
            await DenialTextAsync(fixture.RuleId, Service.Token(c => c["aud"] = "other")),
            await DenialTextAsync(fixture.RuleId, Service.Token(c => c["exp"] = 1)),
        };

        answers.Distinct().ShouldHaveSingleItem().ShouldContain("\"message\":\"Authentication failed\"");
    }

    [Fact]
    public async Task Post_UnknownRule_LeavesNoHistory()
    {
        using var response = await Service.ExchangeAsync(UnknownRule, Service.Token());

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await Service.HistoryOfAsync(response.Header("request-id")!)).ShouldBeNull();
    }

    // A42
    [Fact]
    public async Task Post_OtherOrganization_IsDenied() =>
        (
            await Service.DenialAsync(
                fixture.RuleId,
                Service.Token(),
                body => body["organization_id"] = "00000000-0000-4000-8000-000000000000"
            )
        ).ShouldBe("organization_mismatch");

    [Theory]
    [InlineData("federation_rule_id", "fdrl_x", "federation_rule_id is not a well-formed fdrl_ tagged ID")]
    [InlineData("federation_rule_id", null, "federation_rule_id: required.")]
    [InlineData("organization_id", "acme", "organization_id is not a UUID")]
    [InlineData("organization_id", null, "organization_id: required.")]
    [InlineData("service_account_id", "svac_x", "service_account_id is not a well-formed svac_ tagged ID")]
    [InlineData("workspace_id", "prod", "workspace_id is neither a well-formed wrkspc_ tagged ID nor default")]
    [InlineData("assertion", "", "assertion: required.")]
    [InlineData("assertion", null, "assertion: required.")]
    [InlineData("grant_type", null, "grant_type: required.")]
    [InlineData(
        "grant_type",
        "client_credentials",
        "grant_type: urn:ietf:params:oauth:grant-type:jwt-bearer is required."
    )]
    [InlineData("scope", "org:admin", "scope: is not a known member.")]
    public async Task Post_MalformedMember_IsNamed(string member, string? value, string message)
    {
        var body = Service.ExchangeBody(fixture.RuleId, Service.Token());
        body.Remove(member);
        if (value is not null)
        {
            body[member] = value;
        }

        using var response = await Service.PostAnonymousAsync(FederatedService.TokenPath, body.ToJsonString());

        await ShouldBeMalformedAsync(response, message);
    }

    [Theory]
    [InlineData("", "body: not valid JSON.")]
    [InlineData("[]", "body: a JSON object is required.")]
    [InlineData("{", "body: not valid JSON.")]
    [InlineData("{} {}", "body: not valid JSON.")]
    [InlineData("""{"grant_type":"a","grant_type":"b"}""", "grant_type: appears twice.")]
    [InlineData("""{"grant_type":"a","gr\u0061nt_type":"b"}""", "grant_type: appears twice.")]
    [InlineData("""{"assertion":{"a":1}}""", "assertion: a string is required.")]
    [InlineData("""{"assertion":["a"]}""", "assertion: a string is required.")]
    [InlineData("""{"organization_id":1}""", "organization_id: a string is required.")]
    [InlineData("""{"organization_id":"\ud800"}""", "body: not valid JSON.")]
    public async Task Post_MalformedBody_IsNamed(string body, string message)
    {
        using var response = await Service.PostAnonymousAsync(FederatedService.TokenPath, body);

        await ShouldBeMalformedAsync(response, message);
    }

    // I08, A14
    [Fact]
    public async Task Post_AssertionAboveLimit_IsRefusedWithoutHistory()
    {
        using var response = await Service.ExchangeAsync(fixture.RuleId, new string('a', (16 * 1024) + 1));
        await ShouldBeMalformedAsync(response, "assertion: longer than 16384 bytes.");

        using var huge = await Service.ExchangeAsync(fixture.RuleId, new string('a', 64 * 1024));
        huge.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await huge.ErrorCodeAsync()).ShouldBe("request.too_large");
    }

    [Fact]
    public async Task Post_AssertionAtLimit_IsRead() =>
        (await Service.DenialAsync(fixture.RuleId, new string('a', 16 * 1024))).ShouldBe("token_malformed");

    // A49
    [Fact]
    public async Task Get_TokenEndpoint_Is405()
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, FederatedService.TokenPath + "?assertion=a");
        using var response = await Service.SendAnonymousAsync(message);

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Header("Cache-Control").ShouldBe("no-store");
    }

    [Fact]
    public async Task Post_AssertionInQuery_IsRefused()
    {
        var body = Service.ExchangeBody(fixture.RuleId, Service.Token()).ToJsonString();

        using var response = await Service.PostAnonymousAsync(FederatedService.TokenPath + "?assertion=a", body);

        await ShouldBeMalformedAsync(response, "assertion: only in the body, never in the URL.");
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("text/plain")]
    [InlineData("application/jsonp")]
    public async Task Post_OtherContentType_IsRefused(string contentType)
    {
        var body = Service.ExchangeBody(fixture.RuleId, Service.Token()).ToJsonString();

        using var response = await Service.PostAnonymousAsync(FederatedService.TokenPath, body, contentType);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.ErrorCodeAsync()).ShouldBe("request.media_type");
    }

    [Fact]
    public async Task Post_FromAnotherOrigin_GetsNoPermission()
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, FederatedService.TokenPath)
        {
            Content = new StringContent(
                Service.ExchangeBody(fixture.RuleId, Service.Token()).ToJsonString(),
                Encoding.UTF8,
                "application/json"
            ),
        };
        message.Headers.Add("Origin", "https://evil.test");

        using var response = await Service.SendAnonymousAsync(message);

        response.Header("Access-Control-Allow-Origin").ShouldBeNull();
    }

    private JsonObject Claims() => Service.Provider.Claims(FederatedService.PublicUrl);

    private async Task<JsonElement> GrantAsync(string rule, int remaining)
    {
        var now = Service.Time.GetUtcNow().ToUnixTimeSeconds();
        var token = Service.Token(claims =>
        {
            claims["iat"] = now - 30;
            claims["exp"] = now + remaining;
        });
        using var response = await Service.ExchangeAsync(rule, token);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.JsonAsync();
    }

    private async Task<IReadOnlyList<HttpStatusCode>> StatusTwiceAsync(string rule, string token)
    {
        using var first = await Service.ExchangeAsync(rule, token);
        using var second = await Service.ExchangeAsync(rule, token);
        return [first.StatusCode, second.StatusCode];
    }

    // Everything that a caller sees, but for what differs in every answer.
    private async Task<string> DenialTextAsync(string rule, string token)
    {
        using var response = await Service.ExchangeAsync(rule, token);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var headers = response
            .Headers.Concat(response.Content.Headers)
            .Where(header => header.Key is not ("Date" or "Request-Id" or "request-id"))
            .Select(header => $"{header.Key}: {string.Join(",", header.Value)}")
            .Order(StringComparer.Ordinal);
        return $"{response.StatusCode}\n{string.Join('\n', headers)}\n{body.Replace(response.Header("request-id")!, "")}";
    }

    private static async Task ShouldBeMalformedAsync(HttpResponseMessage response, string message)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = (await response.JsonAsync()).GetProperty("error");
        error.Text("type").ShouldBe("invalid_request_error");
        error.Text("message").ShouldBe(message);
        (await response.ErrorCodeAsync()).ShouldBe("request.invalid");
    }
}
