using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Authorization;

/// <summary>A workload gets a token of a route with its platform's token (SEP-1933): no client, no secret, no rule's id.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class WorkloadAssertionTests : IAsyncLifetime
{
    private AuthorizationBench bench = null!;

    public async ValueTask InitializeAsync() => bench = await AuthorizationBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Theory]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","typ":"JWT"}""")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1"}""")]
    public async Task Workload_WithARule_GetsATokenForTheRoute(string header)
    {
        var rule = await bench.WorkloadRuleAsync();

        var token = await bench.TokenOkAsync(
            bench.WorkloadForm(bench.Federated.Provider.Sign(bench.Federated.Provider.Claims(bench.Issuer), header))
        );

        token.EnumerateObject().Select(one => one.Name).ShouldBe(["access_token", "token_type", "expires_in", "scope"]);
        token.Text("scope").ShouldBe("files.read files.write");
        var claims = FormCalls.ClaimsOf(token.Text("access_token"));
        claims.Text("iss").ShouldBe(bench.Issuer);
        claims.Text("sub").ShouldStartWith("svac_");
        claims.Text("aud").ShouldBe(bench.Resource);
        claims.Text("client_id").ShouldBe(rule);
        claims.Text("rule").ShouldBe(rule);
        var data = (await bench.Federated.LastAuditAsync("platform_federated_authentication")).GetProperty(
            "event_data"
        );
        data.Text("form").ShouldBe("jwt_bearer");
        data.Text("token_id").ShouldBe(claims.Text("jti"));
    }

    [Fact]
    public async Task Workload_AtTheServicesApi_IsRefused()
    {
        await bench.WorkloadRuleAsync();
        var token = await bench.TokenOkAsync(bench.WorkloadForm(Token()));
        using var client = bench.Service.Client(token.Text("access_token"));

        await client
            .GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.issuer");
    }

    // The rule of the bench is for people, even if it matched the workload.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Workload_WithoutARule_IsRefused(bool hasRuleForPeople)
    {
        if (hasRuleForPeople)
        {
            await bench.WorkloadRuleAsync(body => body["subject_type"] = "person");
        }

        await ShouldRefuseAsync(bench.WorkloadForm(Token()), "invalid_grant", reason: null);
    }

    [Fact]
    public async Task Workload_RuleOfTheServicesScopes_IsRefused()
    {
        var body = bench.Federated.RuleBody(bench.IssuerId, await bench.Federated.AccountAsync());
        await bench.Federated.CreateAsync(FederatedService.Rules, body);

        await ShouldRefuseAsync(bench.WorkloadForm(Token()), "invalid_grant", reason: null);
    }

    [Fact]
    public async Task Workload_WithoutResource_IsRefused()
    {
        await bench.WorkloadRuleAsync();
        var form = bench.WorkloadForm(Token());
        form.Remove("resource");

        await ShouldRefuseAsync(form, "invalid_target", reason: null);
    }

    [Theory]
    [InlineData("resource", "https://other.example/mcp", "invalid_target", "target_not_allowed")]
    [InlineData("resource", FederatedService.PublicUrl, "invalid_target", "target_not_allowed")]
    [InlineData("scope", "files.admin", "invalid_scope", "scope_not_granted")]
    [InlineData("scope", "files.read files.admin", "invalid_scope", "scope_not_granted")]
    public async Task Workload_MoreThanTheRuleGrants_IsRefused(string name, string value, string error, string reason)
    {
        await bench.WorkloadRuleAsync();
        var form = bench.WorkloadForm(Token());
        form[name] = value;

        await ShouldRefuseAsync(form, error, reason);
    }

    [Theory]
    [InlineData("aud", "\"https://identity.test:8443\"", "audience_mismatch")]
    [InlineData("sub", "\"repo:acme/other:ref:refs/heads/main\"", "match_subject_prefix")]
    [InlineData("exp", "1000", "token_expired")]
    public async Task Workload_OtherClaims_IsRefused(string claim, string json, string reason)
    {
        await bench.WorkloadRuleAsync();

        await ShouldRefuseAsync(
            bench.WorkloadForm(Token(claims => claims[claim] = JsonNode.Parse(json))),
            "invalid_grant",
            reason
        );
    }

    [Fact]
    public async Task Workload_Twice_IsUsedOnce()
    {
        await bench.WorkloadRuleAsync();
        var form = bench.WorkloadForm(Token());
        await bench.TokenOkAsync(form);

        await ShouldRefuseAsync(form, "invalid_grant", "jti_reused");
    }

    [Fact]
    public async Task Workload_SeveralRules_IsJudgedByTheOneThatGrants()
    {
        await bench.WorkloadRuleAsync(body => body["match"] = new JsonObject { ["subject_prefix"] = "another" });
        await bench.WorkloadRuleAsync(body => body["route_scopes"] = new JsonArray("files.read"));
        var granting = await bench.WorkloadRuleAsync();
        var form = bench.WorkloadForm(Token());
        form["scope"] = "files.write";

        var token = await bench.TokenOkAsync(form);

        token.Text("scope").ShouldBe("files.write");
        FormCalls.ClaimsOf(token.Text("access_token")).Text("rule").ShouldBe(granting);
    }

    [Fact]
    public async Task Workload_RuleWithAnAudience_NeedsThatAudience()
    {
        await bench.WorkloadRuleAsync(body =>
            body["match"] = new JsonObject
            {
                ["subject_prefix"] = "repo:acme/app:ref:refs/heads/main",
                ["audience"] = "the-cluster",
            }
        );

        await ShouldRefuseAsync(bench.WorkloadForm(Token()), "invalid_grant", "audience_mismatch");
        (await bench.TokenOkAsync(bench.WorkloadForm(Token(claims => claims["aud"] = "the-cluster"))))
            .Text("token_type")
            .ShouldBe("Bearer");
    }

    // A token for one of the two servers is none for the other.
    [Fact]
    public async Task Exchange_TokenForTheOrganizationsServer_IsDenied()
    {
        var rule = await bench.WorkloadRuleAsync();

        (await bench.Federated.DenialAsync(rule, Token())).ShouldBe("audience_mismatch");
    }

    private string Token(Action<JsonObject>? edit = null)
    {
        var claims = bench.Federated.Provider.Claims(bench.Issuer);
        edit?.Invoke(claims);
        return bench.Federated.Provider.Sign(claims);
    }

    private async Task ShouldRefuseAsync(Dictionary<string, string> form, string error, string? reason)
    {
        using var response = await bench.TokenAsync(form);
        JsonElement body = await response.JsonAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body.ToString());
        body.Text("error").ShouldBe(error, body.ToString());
        (await bench.FindReasonAsync(response.Header("request-id")!)).ShouldBe(reason);
    }
}
