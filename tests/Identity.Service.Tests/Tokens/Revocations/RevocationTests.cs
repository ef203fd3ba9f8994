using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tokens.Binding;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Jose.Tokens;
using Culvert.Platform.Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Revocations;

[Trait("Attack", "A59")]
public sealed class RevocationTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string Path = "/v1/oauth/revocations";

    [Fact]
    public async Task Revoke_ByItsHolder_TokenDiesAndOthersLive()
    {
        await using var federated = await FederatedService.StartAsync();
        var rule = await federated.RuleAsync();
        var token = await federated.AccessTokenAsync(rule);
        var other = await federated.AccessTokenAsync(rule);

        using var revoked = await RevokeAsync(federated, token);

        revoked.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await UseAsync(federated, token)).ShouldBe("token.revoked");
        (await UseAsync(federated, other)).ShouldBeNull();
        (await AuditedAsync(federated))[0].GetProperty("kind").GetString().ShouldBe("token");
        using var again = await RevokeAsync(federated, token);
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AuditedAsync(federated)).Count.ShouldBe(1);
    }

    // RFC 7009 §2.1: a bound token's holder need not prove its key; §2.2: a value that is not a token gets the same
    // answer.
    [Theory]
    [InlineData("bound")]
    [InlineData("garbage")]
    [InlineData("foreign")]
    public async Task Revoke_AnyToken_Is200(string which)
    {
        var federated = fixture.Service;
        var audited = (await AuditedAsync(federated)).Count;
        var rule = await federated.RuleAsync();
        var token = which switch
        {
            "bound" => await federated.MintAsync(
                rule,
                claims => claims with { Confirmation = new TokenConfirmation { KeyThumbprint = "k" } }
            ),
            "foreign" => federated.Token(),
            _ => "garbage",
        };

        using var response = await RevokeAsync(federated, token, "&token_type_hint=refresh_token&foo=bar");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        (await AuditedAsync(federated)).Count.ShouldBe(audited + (which == "bound" ? 1 : 0));
    }

    [Theory]
    [InlineData("token_type_hint=access_token", "application/x-www-form-urlencoded")]
    [InlineData("token=a&token=b", "application/x-www-form-urlencoded")]
    [InlineData("token=%zz", "application/x-www-form-urlencoded")]
    public async Task Revoke_Malformed_IsInvalidRequest(string body, string type)
    {
        var federated = fixture.Service;

        using var response = await federated.PostAnonymousAsync(RevokeEndpoint.Path, body, type);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.JsonAsync()).Text("error").ShouldBe("invalid_request");
    }

    [Theory]
    [InlineData("token")]
    [InlineData("family")]
    [InlineData("rule")]
    [InlineData("rule_version")]
    [InlineData("principal")]
    [InlineData("issuer")]
    [InlineData("subject")]
    public async Task Create_EachKind_EndsTheTokensItNames(string kind)
    {
        var federated = fixture.Service;
        var rule = await federated.RuleAsync();
        var token = await federated.MintAsync(rule);
        var claims = federated.ClaimsOf(token);
        var untouched = await federated.AccessTokenAsync(await federated.RuleAsync());

        var created = await federated.CreateAsync(Path, BodyOf(kind, claims, federated));

        created.Text("kind").ShouldBe(kind);
        created.Text("id").ShouldStartWith("trev_01");
        (await UseAsync(federated, token)).ShouldBe("token.revoked");
        (await UseAsync(federated, untouched)).ShouldBeNull();
        (await federated.GetAsync($"{Path}/{created.Text("id")}")).ToString().ShouldBe(created.ToString());
        (await federated.GetAsync(Path)).GetProperty("data")[0].Text("id").ShouldBe(created.Text("id"));
    }

    [Fact]
    public async Task Create_IssuedBefore_EndsAllOfTheOrganization()
    {
        await using var federated = await FederatedService.StartAsync();
        var tokens = new[]
        {
            await federated.AccessTokenAsync(await federated.RuleAsync()),
            await federated.AccessTokenAsync(await federated.RuleAsync()),
        };

        await federated.CreateAsync(Path, new JsonObject { ["kind"] = "issued_before" });

        foreach (var token in tokens)
        {
            (await UseAsync(federated, token)).ShouldBe("token.revoked");
        }
    }

    [Fact]
    public async Task Create_ByRule_TokensIssuedLaterLive()
    {
        await using var federated = await FederatedService.StartAsync();
        var rule = await federated.RuleAsync();
        await federated.CreateAsync(Path, new JsonObject { ["kind"] = "rule", ["rule_id"] = rule });

        federated.Time.Advance(TimeSpan.FromSeconds(1));

        (await UseAsync(federated, await federated.AccessTokenAsync(rule))).ShouldBeNull();
    }

    // A token of a node whose clock is ahead says that it is of later than the revocation.
    [Fact]
    public async Task Create_ByRule_CoversTokensIssuedByAClockThatIsAhead()
    {
        await using var federated = await FederatedService.StartAsync();
        var rule = await federated.RuleAsync();
        var ahead = TimeSpan.FromSeconds(2);
        federated.Time.StepWallClock(ahead);
        var token = await federated.AccessTokenAsync(rule);
        federated.Time.StepWallClock(-ahead);
        (await UseAsync(federated, token)).ShouldBeNull();

        await federated.CreateAsync(Path, new JsonObject { ["kind"] = "rule", ["rule_id"] = rule });

        (await UseAsync(federated, token)).ShouldBe("token.revoked");
    }

    [Fact]
    public async Task Create_Again_RaisesTheOneRow()
    {
        await using var federated = await FederatedService.StartAsync();
        var body = new JsonObject { ["kind"] = "rule", ["rule_id"] = await federated.RuleAsync() };
        var first = await federated.CreateAsync(Path, body);
        (await federated.CreateAsync(Path, body)).ToString().ShouldBe(first.ToString());
        federated.Time.Advance(TimeSpan.FromMinutes(1));

        var second = await federated.CreateAsync(Path, body);

        second.Text("id").ShouldBe(first.Text("id"));
        second.Text("issued_before").ShouldNotBe(first.Text("issued_before"));
        (await federated.GetAsync(Path)).GetProperty("data").GetArrayLength().ShouldBe(1);
        (await AuditedAsync(federated)).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"kind":"everything"}""", 400)]
    [InlineData("""{"kind":"token"}""", 400)]
    [InlineData("""{"kind":"token","token_id":""}""", 400)]
    [InlineData("""{"kind":"token","token_id":"a","rule_id":"fdrl_010000000000000000000000"}""", 400)]
    [InlineData("""{"kind":"token","token_id":"a","issued_before":"2026-01-01T00:00:00Z"}""", 400)]
    [InlineData("""{"kind":"issued_before","issued_before":"2999-01-01T00:00:00Z"}""", 400)]
    [InlineData("""{"kind":"rule_version","rule_id":"fdrl_010000000000000000000000","rule_version":0}""", 400)]
    [InlineData("""{"kind":"rule","rule_id":"fdrl_010000000000000000000000"}""", 404)]
    [InlineData("""{"kind":"principal","service_account_id":"svac_010000000000000000000000"}""", 404)]
    [InlineData("""{"kind":"issuer","issuer_id":"fdis_010000000000000000000000"}""", 404)]
    [InlineData("""{"kind":"rule","rule":"x"}""", 400)]
    public async Task Create_BadRequest_IsRefused(string body, int status)
    {
        var federated = fixture.Service;

        using var response = await federated.Service.Api.PostAsync(Path, body);

        ((int)response.StatusCode).ShouldBe(status);
        (await response.ErrorCodeAsync()).ShouldBe(status == 404 ? "request.not_found" : "request.invalid");
    }

    [Fact]
    public async Task Create_WithoutTheScope_IsForbidden()
    {
        var federated = fixture.Service;
        using var client = federated.Service.Client(await federated.AccessTokenAsync(await federated.RuleAsync()));

        await client
            .PostAsync(Path, """{"kind":"issued_before"}""")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    // S8: what rests on a revoked token reaches the edges as serials, at once.
    [Theory]
    [InlineData("token")]
    [InlineData("rule")]
    [InlineData("rule_version")]
    [InlineData("principal")]
    [InlineData("issuer")]
    [InlineData("issued_before")]
    public async Task Create_MachineEnrolledByIt_LosesItsCertificate(string kind)
    {
        await using var federated = await FederatedService.StartAsync();
        var tunnelId = (await federated.Service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var rule = await AgentRuleAsync(federated, tunnelId);
        var token = await federated.MintAsync(rule);
        var serial = await EnrollAsync(federated, token, tunnelId);
        var revision = federated.Service.Get<IRevisions>().Current;

        await federated.CreateAsync(Path, BodyOf(kind, federated.ClaimsOf(token), federated));

        federated.Service.Get<IRevisions>().Current.ShouldBeGreaterThan(revision);
        var machines = await federated.Service.Get<IRevokedMachines>().ListAsync(TestContext.Current.CancellationToken);
        machines.Serials.ShouldBe([serial]);

        // A proof that is not revoked enrols the instance again.
        federated.Time.Advance(TimeSpan.FromSeconds(1));
        (await EnrollAsync(federated, await federated.AccessTokenAsync(rule), tunnelId)).ShouldNotBe(serial);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Set_OnAnotherNode_LearnsThroughTheTopicAndForgetsWhatEnded()
    {
        await using var federated = await FederatedService.StartAsync();
        var rule = await federated.RuleAsync();
        var service = federated.Service;
        using var other = new RevocationSet(
            service.Get<TokenRevocationStore>(),
            service.Get<IChanges>(),
            service.Get<ClockGuard>(),
            federated.Time,
            NullLogger<RevocationSet>.Instance
        );
        await other.StartAsync(TestContext.Current.CancellationToken);
        var claims = federated.ClaimsOf(await federated.MintAsync(rule));
        other.IsRevoked(TokenTraits.From(claims)).ShouldBeFalse();

        await federated.CreateAsync(Path, new JsonObject { ["kind"] = "rule", ["rule_id"] = rule });
        await service.Get<IChanges>().WhenDeliveredAsync(ChangeTopics.Revocations);

        other.IsRevoked(TokenTraits.From(claims)).ShouldBeTrue();
        other.IsRevoked(TokenTraits.From(claims) with { OrganizationId = "another" }).ShouldBeFalse();
        other.IsRevoked(TokenTraits.From(claims) with { IssuedAt = claims.IssuedAt + 1 }).ShouldBeFalse();
    }

    [Fact]
    [Trait("Attack", "A18")]
    public async Task Housekeeping_WallClockLeapt_ForgetsNothingThatIsRevoked()
    {
        await using var federated = await FederatedService.StartAsync();
        var rule = await federated.RuleAsync();
        var token = await federated.AccessTokenAsync(rule);
        await federated.CreateAsync(Path, new JsonObject { ["kind"] = "rule", ["rule_id"] = rule });

        federated.Time.StepWallClock(TimeSpan.FromHours(30));
        await federated.CreateAsync(Path, new JsonObject { ["kind"] = "issued_before" });
        await federated.Service.Get<RevocationSet>().ReadAllAsync(TestContext.Current.CancellationToken);
        federated.Time.StepWallClock(TimeSpan.FromHours(-30));

        (await federated.GetAsync(Path)).GetProperty("data").GetArrayLength().ShouldBe(2);
        federated.Service.Get<RevocationSet>().CountKeys(federated.OrganizationId).ShouldBe(2);
        (await UseAsync(federated, token)).ShouldBe("token.revoked");
    }

    [Fact]
    [Trait("Attack", "A18")]
    public async Task Create_WallClockStandsBack_CoversWhatWasIssuedBefore()
    {
        await using var federated = await FederatedService.StartAsync();
        var token = await federated.AccessTokenAsync(await federated.RuleAsync());

        federated.Time.StepWallClock(TimeSpan.FromMinutes(-5));
        await federated.CreateAsync(Path, new JsonObject { ["kind"] = "issued_before" });
        federated.Time.StepWallClock(TimeSpan.FromMinutes(5));

        (await UseAsync(federated, token)).ShouldBe("token.revoked");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task List_EndedRows_LeaveAfterTheLongestTokenLife()
    {
        await using var federated = await FederatedService.StartAsync();
        var rule = await federated.RuleAsync();
        await federated.CreateAsync(Path, new JsonObject { ["kind"] = "rule", ["rule_id"] = rule });

        federated.Time.JumpTo(federated.Time.GetUtcNow().AddHours(25));

        (await federated.GetAsync(Path)).GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    private static JsonObject BodyOf(string kind, AccessTokenClaims claims, FederatedService federated)
    {
        var body = new JsonObject { ["kind"] = kind, ["reason"] = "test" };
        switch (kind)
        {
            case "token":
                body["token_id"] = claims.TokenId;
                break;
            case "family":
                body["family"] = claims.Family;
                break;
            case "rule_version":
                body["rule_id"] = claims.Rule;
                body["rule_version"] = claims.RuleVersion;
                break;
            case "rule":
                body["rule_id"] = claims.Rule;
                break;
            case "principal":
                body["service_account_id"] = claims.Subject;
                break;
            case "issuer":
                body["issuer_id"] = claims.Source!.IssuerId;
                break;
            case "subject":
                body["issuer_id"] = claims.Source!.IssuerId;
                body["subject"] = federated.Provider.Claims(FederatedService.PublicUrl)["sub"]!.GetValue<string>();
                break;
        }

        return body;
    }

    private static Task<HttpResponseMessage> RevokeAsync(FederatedService federated, string token, string more = "") =>
        federated.PostAnonymousAsync(RevokeEndpoint.Path, $"token={token}{more}", "application/x-www-form-urlencoded");

    // The code of the refusal; null = accepted.
    private static async Task<string?> UseAsync(FederatedService federated, string token)
    {
        using var response = await federated.CallAsync("Bearer", token);
        return response.IsSuccessStatusCode ? null : await response.ErrorCodeAsync();
    }

    private static async Task<IReadOnlyList<JsonElement>> AuditedAsync(FederatedService federated) =>
        [
            .. (await federated.GetAsync("/v1/audit?limit=1000"))
                .GetProperty("data")
                .EnumerateArray()
                .Where(entry => entry.Text("event") == "token_revoked")
                .Select(entry => entry.GetProperty("body").GetProperty("event_data")),
        ];

    private static Task<string> AgentRuleAsync(FederatedService federated, string tunnelId) =>
        federated.RuleAsync(wanted =>
        {
            wanted["oauth_scope"] = "tunnel:agent";
            wanted["tunnel_ids"] = new JsonArray(tunnelId);
        });

    private static async Task<string> EnrollAsync(FederatedService federated, string token, string tunnelId)
    {
        using var key = CertificateRequests.NewKey();
        using var client = federated.Service.Client(token);
        var enrolled = await client.PostOkAsync(
            "/v1/agent/enrollments",
            JsonSerializer.Serialize(
                new
                {
                    tunnel_id = tunnelId,
                    instance_id = "one",
                    csr = CertificateRequests.Create(key),
                }
            )
        );
        return enrolled.GetProperty("certificate").Text("serial");
    }
}
