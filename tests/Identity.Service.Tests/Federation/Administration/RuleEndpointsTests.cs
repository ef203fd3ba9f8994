using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Administration;

public sealed class RuleEndpointsTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string UnknownTunnel = "tnl_010000000000000000000000";
    private const string UnknownEdge = "edge_010000000000000000000000";

    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Create_Rule_ShowsEveryField()
    {
        var issuer = await Service.IssuerAsync();
        var body = Service.RuleBody(issuer, await Service.AccountAsync());
        body["match"]!["claims"] = new JsonObject { ["environment"] = "prod" };

        var rule = await Service.CreateAsync(FederatedService.Rules, body);

        rule.Text("id").ShouldStartWith("fdrl_01");
        rule.Text("type").ShouldBe("federation_rule");
        rule.Text("issuer_id").ShouldBe(issuer);
        rule.Text("issuer_name").ShouldStartWith("idp-");
        rule.GetProperty("target").Text("service_account_name").ShouldStartWith("account-");
        rule.GetProperty("match").GetProperty("claims").Text("environment").ShouldBe("prod");
        rule.GetProperty("token_lifetime_seconds").GetInt32().ShouldBe(3600);
        rule.GetProperty("workspace_ids")[0].GetString().ShouldBe(Service.WorkspaceId);
        rule.Text("workspace_id").ShouldBe(Service.WorkspaceId);
        rule.Text("description").ShouldBe("");
    }

    // I22
    [Theory]
    [InlineData("match", "{}", "federation.match")]
    [InlineData("match", "{\"audience\":\"a\"}", "federation.match")]
    [InlineData("match", "{\"subject_prefix\":\"*\"}", "federation.match")]
    [InlineData("match", "{\"subject_prefix\":\"\"}", "federation.match")]
    [InlineData("match", "{\"subject_prefix\":\"a*b\"}", "federation.match")]
    [InlineData("match", "{\"subject_prefix\":\"a**\"}", "federation.match")]
    [InlineData("match", "{\"subject_prefix\":\"\\u0430\"}", "federation.match")]
    [InlineData("match", "{\"claims\":{\"a\":1}}", "federation.match")]
    [InlineData("match", "{\"claims\":{\"a\":[\"b\"]}}", "federation.match")]
    [InlineData("match", "{\"subject_prefix\":\"a\",\"condition\":\"true\"}", "federation.condition")]
    [InlineData("match", "{\"condition\":\"\"}", "federation.condition")]
    [InlineData("match", "{\"condition\":\"claims.a ==\"}", "federation.condition")]
    [InlineData("match", "{\"condition\":\"size(claims.a)\"}", "federation.condition")]
    [InlineData("match", "{\"condition\":\"true || claims.a == 'x'\"}", "federation.condition")]
    [InlineData("match", "{\"condition\":\"has(claims.sub)\"}", "federation.condition")]
    [InlineData("match", "{\"condition\":\"claims.sub == claims.sub\"}", "federation.condition")]
    [InlineData("match", "{\"condition\":\"claims.sub != 'x'\"}", "federation.condition")]
    [InlineData("match", "{\"condition\":\"!has(claims.a)\"}", "federation.condition")]
    [InlineData("match", "{\"subject_prefix\":\"a\",\"regex\":\"b\"}", "request.invalid")]
    [InlineData("token_lifetime_seconds", "59", "request.invalid")]
    [InlineData("token_lifetime_seconds", "86401", "request.invalid")]
    [InlineData("name", "\"Bad Slug\"", "request.invalid")]
    [InlineData("attributes", "{\"a\":1}", "request.invalid")]
    [InlineData("oauth_scope", "\"\"", "federation.scope")]
    [InlineData("oauth_scope", "\"root\"", "federation.scope")]
    [InlineData("oauth_scope", "\"bundle:read bundle:read\"", "federation.scope")]
    [InlineData("oauth_scope", "\"tunnel:agent\"", "federation.scope")]
    [InlineData("oauth_scope", "\"edge:serve\"", "federation.scope")]
    [InlineData("oauth_scope", "\"org:admin\"", "federation.scope")]
    [InlineData("tunnel_ids", "[\"tnl_010000000000000000000000\"]", "federation.scope")]
    [InlineData("issuer_id", "\"fdis_010000000000000000000000\"", "federation.reference")]
    [InlineData("issuer_id", "\"x\"", "request.invalid")]
    [InlineData("workspace_id", "\"wrkspc_010000000000000000000000\"", "federation.reference")]
    [InlineData("workspace_id", "null", "request.invalid")]
    [InlineData("applies_to_all_workspaces", "true", "request.invalid")]
    [InlineData("match", "{\"subject_segments\":\"*\"}", "federation.match")]
    [InlineData("match", "{\"subject_segments\":\"repo:acme-*\"}", "federation.match")]
    [InlineData("match", "{\"subject_segments\":\"\"}", "federation.match")]
    [InlineData("match", "{\"matchers\":[]}", "federation.match")]
    [InlineData("match", "{\"matchers\":[{\"claim\":\"a\"}]}", "federation.match")]
    [InlineData("match", "{\"matchers\":[{\"claim\":\"a\",\"eq\":1.5}]}", "federation.match")]
    [InlineData("match", "{\"matchers\":[{\"claim\":\"a\",\"regex\":\"b\"}]}", "request.invalid")]
    [InlineData("state", "\"on\"", "request.invalid")]
    [InlineData("bind", "\"on\"", "request.invalid")]
    [InlineData("expires_at", "\"soon\"", "request.invalid")]
    public async Task Create_BadMember_IsRefused(string member, string value, string code)
    {
        var body = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync());
        body[member] = JsonNode.Parse(value);

        using var response = await Service.PostAsync(FederatedService.Rules, body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.ErrorCodeAsync()).ShouldBe(code);
    }

    // S3, S6: ids must name what exists.
    [Theory]
    [InlineData("tunnel:agent", "tunnel_ids", UnknownTunnel)]
    [InlineData("edge:serve", "edge_ids", UnknownEdge)]
    public async Task Create_UnknownMachine_IsRefused(string scope, string member, string id)
    {
        var body = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync());
        body["oauth_scope"] = scope;
        body[member] = new JsonArray(id);

        using var response = await Service.PostAsync(FederatedService.Rules, body);

        (await response.ErrorCodeAsync()).ShouldBe("federation.reference");
    }

    // S3: null does not name a tunnel, and a rule without a tunnel is not saved.
    [Theory]
    [InlineData("tunnel:agent", "tunnel_ids")]
    [InlineData("edge:serve", "edge_ids")]
    public async Task Create_NullMachine_IsRefused(string scope, string member)
    {
        var body = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync());
        body["oauth_scope"] = scope;
        body[member] = new JsonArray((JsonNode?)null);

        using var response = await Service.PostAsync(FederatedService.Rules, body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.ErrorCodeAsync()).ShouldBe("request.invalid");
    }

    [Fact]
    public async Task Create_TunnelAgent_CarriesItsTunnels()
    {
        var tunnel = (await Service.CreateAsync("/v1/tunnels", new JsonObject())).Text("id");

        var rule = await Service.RuleAsync(body =>
        {
            body["oauth_scope"] = "tunnel:agent";
            body["tunnel_ids"] = new JsonArray(tunnel);
        });

        (await Service.GetAsync($"{FederatedService.Rules}/{rule}"))
            .GetProperty("tunnel_ids")[0]
            .GetString()
            .ShouldBe(tunnel);
    }

    [Fact]
    public async Task Create_InstallationOperate_IsNeverGranted()
    {
        var body = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync("admin"));
        body["oauth_scope"] = "installation:operate";

        using var response = await Service.PostAsync(FederatedService.Rules, body);

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await response.ErrorCodeAsync()).ShouldBe("federation.scope_not_grantable");
    }

    // S2, A57: a federated administrator grants no more than it holds, and never org:admin.
    [Fact]
    public async Task Any_FederatedAdministrator_GrantsOnlyWhatItHolds()
    {
        var rule = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync("admin"));
        rule["oauth_scope"] = "org:admin workspace:developer";
        var ruleId = (await Service.CreateAsync(FederatedService.Rules, rule)).Text("id");
        using var client = Service.Service.Client(await Service.AccessTokenAsync(ruleId));
        var other = await Service.RuleAsync();

        (await PostAsScopeAsync(client, "workspace:developer")).ShouldBe(HttpStatusCode.OK);
        (await PostAsScopeAsync(client, "workspace:manage_tunnels")).ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsScopeAsync(client, "org:admin")).ShouldBe(HttpStatusCode.Forbidden);
        using var widen = await Service.PostAsync(
            $"{FederatedService.Rules}/{other}",
            new JsonObject { ["match"] = new JsonObject { ["subject_prefix"] = "repo:*" } },
            client
        );
        widen.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    // The role is a ceiling (effective = scope and role), also for what was granted under a higher one.
    [Fact]
    public async Task Any_AccountDemoted_EndsOrgAdminAtOnce()
    {
        var account = await Service.AccountAsync("admin");
        var rule = Service.RuleBody(await Service.IssuerAsync(), account);
        rule["oauth_scope"] = "org:admin workspace:developer";
        var ruleId = (await Service.CreateAsync(FederatedService.Rules, rule)).Text("id");
        using var client = Service.Service.Client(await Service.AccessTokenAsync(ruleId));
        using var before = await client.GetAsync(FederatedService.Rules, TestContext.Current.CancellationToken);
        before.StatusCode.ShouldBe(HttpStatusCode.OK);

        await Service.CreateAsync(
            $"{FederatedService.Accounts}/{account}",
            new JsonObject { ["organization_role"] = "developer" }
        );

        using var after = await client.GetAsync(FederatedService.Rules, TestContext.Current.CancellationToken);
        after.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var exchange = await Service.ExchangeAsync(ruleId, Service.Token());
        (await exchange.JsonAsync()).Text("scope").ShouldBe("workspace:developer");
    }

    [Fact]
    public async Task Update_Members_RaiseTheVersion()
    {
        var id = await Service.RuleAsync(body => body["description"] = "why");

        var updated = await Service.CreateAsync(
            $"{FederatedService.Rules}/{id}",
            new JsonObject { ["description"] = null, ["token_lifetime_seconds"] = 60 }
        );

        updated.Text("description").ShouldBe("");
        updated.GetProperty("token_lifetime_seconds").GetInt32().ShouldBe(60);
        updated.GetProperty("version").GetInt32().ShouldBe(2);
        updated.GetProperty("match").Text("subject_prefix").ShouldBe("repo:acme/app:ref:refs/heads/main");
    }

    [Fact]
    public async Task Update_Issuer_IsRefused()
    {
        var id = await Service.RuleAsync();

        using var response = await Service.PostAsync(
            $"{FederatedService.Rules}/{id}",
            new JsonObject { ["issuer_id"] = await Service.IssuerAsync() }
        );

        (await response.ErrorCodeAsync()).ShouldBe("request.invalid");
    }

    [Fact]
    public async Task Update_Narrowed_NarrowsTokensAtOnce()
    {
        var id = await Service.RuleAsync(body => body["oauth_scope"] = "workspace:manage_tunnels bundle:read");
        using var client = Service.Service.Client(await Service.AccessTokenAsync(id));

        await Service.CreateAsync($"{FederatedService.Rules}/{id}", new JsonObject { ["oauth_scope"] = "bundle:read" });

        using var response = await client.GetAsync("/v1/tunnels", TestContext.Current.CancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Archive_Rule_EmptiesItsWorkspacesOnce()
    {
        var id = await Service.RuleAsync();

        var archived = await Service.CreateAsync($"{FederatedService.Rules}/{id}/archive");
        var again = await Service.CreateAsync($"{FederatedService.Rules}/{id}/archive");

        again.ToString().ShouldBe(archived.ToString());
        archived.GetProperty("workspace_ids").GetArrayLength().ShouldBe(0);
        using var update = await Service.PostAsync($"{FederatedService.Rules}/{id}", new JsonObject());
        (await update.ErrorCodeAsync()).ShouldBe("federation.archived");
    }

    [Fact]
    public async Task List_ByIssuer_ShowsItsRulesAlone()
    {
        var issuer = await Service.IssuerAsync();
        var rule = await Service.CreateAsync(
            FederatedService.Rules,
            Service.RuleBody(issuer, await Service.AccountAsync())
        );

        var listed = await Service.GetAsync($"{FederatedService.Rules}?issuer_id={issuer}");

        listed.GetProperty("data").EnumerateArray().Select(r => r.Text("id")).ShouldBe([rule.Text("id")]);
    }

    [Fact]
    public async Task Workspaces_AddedAndRemoved_AreListed()
    {
        var id = await Service.RuleAsync();
        var path = $"{FederatedService.Rules}/{id}/workspaces";
        (await Service.GetAsync(path)).GetProperty("data")[0].Text("workspace_id").ShouldBe(Service.WorkspaceId);

        using var removed = await Service.Service.Api.DeleteAsync(
            $"{path}/{Service.WorkspaceId}",
            TestContext.Current.CancellationToken
        );

        (await removed.JsonAsync()).Text("type").ShouldBe("federation_rule_workspace_deleted");
        (await Service.GetAsync(path)).GetProperty("data").GetArrayLength().ShouldBe(0);
        (await Service.DenialAsync(id, Service.Token())).ShouldBe("workspace_id_required");
        await Service.CreateAsync(path, new JsonObject { ["workspace_id"] = Service.WorkspaceId });
        (await Service.AccessTokenAsync(id)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Workspaces_RemovedTwice_AnswersAlikeAndChangesOnce()
    {
        var id = await Service.RuleAsync();
        var path = $"{FederatedService.Rules}/{id}/workspaces";
        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var removed = await Service.Service.Api.DeleteAsync(
                $"{path}/{Service.WorkspaceId}",
                TestContext.Current.CancellationToken
            );
            removed.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await removed.JsonAsync()).Text("type").ShouldBe("federation_rule_workspace_deleted");
        }

        (await Service.GetAsync($"{FederatedService.Rules}/{id}")).GetProperty("version").GetInt32().ShouldBe(2);
        await Service
            .Service.Api.DeleteAsync($"{path}/wrkspc_010000000000000000000000", TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    // The issuer became one that signs for strangers: the rule may stay as it is, and grant nowhere else.
    [Fact]
    public async Task Workspaces_AddedToADangerousRule_IsRefusedAsItsSaveWouldBe()
    {
        var issuer = await Service.IssuerAsync();
        var body = Service.RuleBody(issuer, await Service.AccountAsync());
        body["match"] = new JsonObject { ["claims"] = new JsonObject { ["environment"] = "prod" } };
        var id = (await Service.CreateAsync(FederatedService.Rules, body)).Text("id");
        using (var connection = Service.Service.Get<Database>().OpenWrite())
        {
            await connection.ExecuteAsync(
                "UPDATE federation_issuers SET issuer_url = 'https://gitlab.com' WHERE id = @issuer",
                new { issuer }
            );
        }

        await Service
            .PostAsync(
                $"{FederatedService.Rules}/{id}/workspaces",
                new JsonObject { ["workspace_id"] = await Service.NewWorkspaceAsync() }
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "federation.lint");
    }

    [Fact]
    public async Task Get_UnknownOrMalformedId_Is404()
    {
        foreach (var id in new[] { "fdrl_010000000000000000000000", "x" })
        {
            using var response = await Service.Service.Api.GetAsync(
                $"{FederatedService.Rules}/{id}",
                TestContext.Current.CancellationToken
            );
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    private async Task<HttpStatusCode> PostAsScopeAsync(HttpClient client, string scope)
    {
        var body = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync("admin"));
        body["oauth_scope"] = scope;
        using var response = await Service.PostAsync(FederatedService.Rules, body, client);
        return response.StatusCode;
    }
}
