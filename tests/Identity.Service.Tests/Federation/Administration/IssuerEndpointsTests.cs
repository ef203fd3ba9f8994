using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Federation.Administration;

public sealed class IssuerEndpointsTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Create_Discovery_ShowsEveryField()
    {
        var body = Service.IssuerBody();

        var issuer = await Service.CreateAsync(FederatedService.Issuers, body);

        issuer.Text("id").ShouldStartWith("fdis_01");
        issuer.Text("type").ShouldBe("federation_issuer");
        issuer.Text("issuer_url").ShouldBe(Service.Provider.Url);
        issuer.GetProperty("jwks").Text("type").ShouldBe("discovery");
        issuer.GetProperty("jwks").Text("ca_cert_pem").ShouldBe(Service.Provider.Pki.RootPem);
        issuer.GetProperty("check_jti").GetBoolean().ShouldBeTrue();
        issuer.GetProperty("max_jwt_lifetime_seconds").GetInt32().ShouldBe(3600);
        issuer.GetProperty("allowed_targets")[0].Text("cidr").ShouldBe("127.0.0.1/32");
        issuer.Text("created_at").ShouldBe("2026-01-01T00:00:00Z");
        issuer.GetProperty("archived_at").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        issuer.Text("created_by_actor_id").ShouldStartWith("key_01");
        (await Service.GetAsync($"{FederatedService.Issuers}/{issuer.Text("id")}"))
            .ToString()
            .ShouldBe(issuer.ToString());
    }

    [Theory]
    [InlineData("name", "\"Bad Name\"", "request.invalid")]
    [InlineData("name", "\"\"", "request.invalid")]
    [InlineData("issuer_url", "\"\"", "federation.issuer_url")]
    [InlineData("issuer_url", "\"https://identity.test:8443\"", "federation.issuer_url")]
    [InlineData("issuer_url", "\"https://a.test?x=1\"", "federation.issuer_url")]
    [InlineData("issuer_url", "\"https://a.test#\"", "federation.issuer_url")]
    [InlineData("issuer_url", "\"https://u@a.test\"", "federation.issuer_url")]
    [InlineData("issuer_url", "\"https://\\u0430.test\"", "federation.issuer_url")]
    [InlineData("issuer_url", "\"acme\"", "federation.issuer_url")]
    [InlineData("issuer_url", "\"http://a.test\"", "federation.fetch_url")]
    [InlineData("issuer_url", "\"https://a.test:9999\"", "federation.fetch_url")]
    [InlineData("issuer_url", "\"https://10.0.0.1\"", "federation.fetch_url")]
    [InlineData("issuer_url", "\"https://10.0.0.1.\"", "federation.fetch_url")]
    [InlineData("issuer_url", "\"https://127.0.0.1./\"", "federation.fetch_url")]
    [InlineData("issuer_url", "\"https://[::1]\"", "federation.fetch_url")]
    [InlineData("issuer_url", "\"https://2130706433\"", "federation.fetch_url")]
    [InlineData("allowed_targets", "[null]", "request.invalid")]
    [InlineData("max_jwt_lifetime_seconds", "0", "request.invalid")]
    [InlineData("max_jwt_lifetime_seconds", "176401", "request.invalid")]
    [InlineData("max_jwt_lifetime_seconds", "1.5", "request.invalid")]
    [InlineData("check_jti", "\"yes\"", "request.invalid")]
    [InlineData("preset", "\"Git Hub\"", "request.invalid")]
    [InlineData("unknown", "1", "request.invalid")]
    [InlineData("tenancy", "\"mine\"", "request.invalid")]
    [InlineData("replay_mode", "\"once\"", "request.invalid")]
    [InlineData("replay_window_seconds", "0", "request.invalid")]
    [InlineData("replay_window_seconds", "86401", "request.invalid")]
    [InlineData("algorithms", "[]", "request.invalid")]
    [InlineData("algorithms", "[\"HS256\"]", "request.invalid")]
    [InlineData("algorithms", "[\"none\"]", "request.invalid")]
    [InlineData("types", "[]", "request.invalid")]
    [InlineData("types", "[\"a b\"]", "request.invalid")]
    [InlineData("types", "[null]", "request.invalid")]
    [InlineData("caller_detail", "\"all\"", "request.invalid")]
    [InlineData("stale_ok_seconds", "59", "request.invalid")]
    [InlineData("stale_ok_seconds", "604801", "request.invalid")]
    [InlineData("hard_expiry_seconds", "86399", "request.invalid")]
    [InlineData("hard_expiry_seconds", "2592001", "request.invalid")]
    [InlineData("issuer_url", "\"https://login.microsoftonline.com/{tenantid}/v2.0\"", "federation.issuer_url")]
    [InlineData("issuer_url", "\"https://login.microsoftonline.com/common/v2.0\"", "federation.issuer_url")]
    [InlineData("issuer_url", "\"https://*.a.test\"", "federation.issuer_url")]
    [InlineData("issuer_url", "\"spiffe://a.test\"", "federation.issuer_url")]
    [InlineData("jwks", "{\"type\":\"discovery\",\"jwks_host\":\"A.test\"}", "federation.jwks")]
    [InlineData("jwks", "{\"type\":\"discovery\",\"jwks_host\":\"a.test/x\"}", "federation.jwks")]
    [InlineData("jwks", "{\"type\":\"file\",\"path\":\"a.json\"}", "federation.jwks")]
    [InlineData("jwks", "{\"type\":\"spiffe_bundle\",\"trust_domain\":\"a.test\"}", "federation.jwks")]
    [InlineData("jwks", "{\"type\":\"spiffe_bundle\",\"trust_domain\":\"A\",\"url\":\"https://b\"}", "federation.jwks")]
    [InlineData(
        "jwks",
        "{\"type\":\"spiffe_bundle\",\"trust_domain\":\"a\",\"url\":\"http://b\"}",
        "federation.fetch_url"
    )]
    [InlineData(
        "jwks",
        "{\"type\":\"spiffe_bundle\",\"trust_domain\":\"a\",\"bundle\":{\"keys\":[]}}",
        "federation.jwks"
    )]
    [InlineData("jwks", "\"x\"", "federation.jwks")]
    [InlineData("jwks", "{\"type\":\"file\"}", "federation.jwks")]
    [InlineData("jwks", "{\"type\":\"explicit_url\"}", "federation.jwks")]
    [InlineData("jwks", "{\"type\":\"explicit_url\",\"url\":\"http://a.test\"}", "federation.fetch_url")]
    [InlineData("jwks", "{\"type\":\"discovery\",\"keys\":[]}", "federation.jwks")]
    [InlineData("jwks", "{\"type\":\"discovery\",\"ca_cert_pem\":\"x\"}", "federation.jwks")]
    [InlineData("jwks", "{\"type\":\"inline\",\"keys\":[]}", "federation.jwks")]
    [InlineData(
        "jwks",
        "{\"type\":\"inline\",\"keys\":[{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"AA\"}]}",
        "federation.jwks"
    )]
    [InlineData("allowed_targets", "[{\"cidr\":\"10.0.0.0/8\",\"port\":443}]", "federation.target_not_allowed")]
    [InlineData("allowed_targets", "[{\"cidr\":\"0.0.0.0/0\",\"port\":443}]", "federation.target_not_allowed")]
    [InlineData("allowed_targets", "[{\"cidr\":\"169.254.169.254/32\",\"port\":80}]", "federation.target_not_allowed")]
    [InlineData("allowed_targets", "[{\"cidr\":\"127.0.0.1/8\",\"port\":443}]", "request.invalid")]
    [InlineData("allowed_targets", "[{\"cidr\":\"127.0.0.1/32\",\"port\":0}]", "request.invalid")]
    public async Task Create_BadMember_IsRefused(string member, string value, string code)
    {
        var body = Service.IssuerBody();
        body[member] = JsonNode.Parse(value);

        using var response = await Service.PostAsync(FederatedService.Issuers, body);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.ErrorCodeAsync()).ShouldBe(code);
    }

    // A caller that may save issuers must not be able to query name servers about a whole zone.
    [Fact]
    public async Task Create_ManyNamesAtOnce_IsLimitedPerCaller()
    {
        await using var service = await FederatedService.StartAsync(options =>
            options with
            {
                Limits = options.Limits with { CostlyPerCaller = new RateLimit(2, TimeSpan.FromMinutes(1)) },
            }
        );
        await service.IssuerAsync();
        var issuer = await service.IssuerAsync();

        await service
            .PostAsync(FederatedService.Issuers, service.IssuerBody())
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "request.rate_limited");
        // What leads to no look-up is not counted.
        await service.CreateAsync(
            $"{FederatedService.Issuers}/{issuer}",
            new JsonObject { ["max_jwt_lifetime_seconds"] = 600 }
        );
        service.Time.Advance(TimeSpan.FromSeconds(30));
        await service.IssuerAsync();
    }

    [Fact]
    public async Task Create_Hygiene_IsKeptAndShown()
    {
        var body = Service.IssuerBody();
        body["preset"] = "github-actions";
        body["tenancy"] = "shared";
        body["replay_mode"] = "bound_reuse";
        body["check_jti"] = true;
        body["replay_window_seconds"] = 90;
        body["algorithms"] = new JsonArray("ES256", "RS256");
        body["types"] = new JsonArray("at+jwt");
        body["single_audience"] = true;
        body["allow_missing_kid"] = true;
        body["allow_non_ascii"] = true;
        body["caller_detail"] = "claim";
        body["stale_ok_seconds"] = 7200;
        body["hard_expiry_seconds"] = 86400;

        var created = await Service.CreateAsync(FederatedService.Issuers, body);

        var issuer = await Service.GetAsync($"{FederatedService.Issuers}/{created.Text("id")}");
        issuer.Text("preset").ShouldBe("github-actions");
        issuer.Text("tenancy").ShouldBe("shared");
        issuer.Text("replay_mode").ShouldBe("bound_reuse");
        issuer.GetProperty("check_jti").GetBoolean().ShouldBeTrue();
        issuer.GetProperty("replay_window_seconds").GetInt32().ShouldBe(90);
        issuer.GetProperty("algorithms").ToString().ShouldBe("""["RS256","ES256"]""");
        issuer.GetProperty("types")[0].GetString().ShouldBe("at+jwt");
        issuer.GetProperty("single_audience").GetBoolean().ShouldBeTrue();
        issuer.GetProperty("allow_missing_kid").GetBoolean().ShouldBeTrue();
        issuer.GetProperty("allow_non_ascii").GetBoolean().ShouldBeTrue();
        issuer.Text("caller_detail").ShouldBe("claim");
        issuer.GetProperty("stale_ok_seconds").GetInt32().ShouldBe(7200);
        issuer.GetProperty("hard_expiry_seconds").GetInt32().ShouldBe(86400);
        var updated = await Service.CreateAsync(
            $"{FederatedService.Issuers}/{created.Text("id")}",
            new JsonObject
            {
                ["preset"] = null,
                ["stale_ok_seconds"] = null,
                ["single_audience"] = false,
            }
        );
        updated.GetProperty("preset").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        updated.GetProperty("stale_ok_seconds").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        updated.GetProperty("single_audience").GetBoolean().ShouldBeFalse();
        updated.GetProperty("hard_expiry_seconds").GetInt32().ShouldBe(86400);
    }

    [Theory]
    [InlineData(null, null, "single_use")]
    [InlineData(true, null, "single_use")]
    [InlineData(false, null, "off")]
    [InlineData(null, "window", "window")]
    [InlineData(true, "window", "window")]
    [InlineData(false, "off", "off")]
    [InlineData(true, "off", null)]
    [InlineData(false, "single_use", null)]
    public async Task Create_BothReplaySwitches_MustAgree(bool? checkJti, string? mode, string? expected)
    {
        var body = Service.IssuerBody();
        body["check_jti"] = checkJti;
        body["replay_mode"] = mode;

        using var response = await Service.PostAsync(FederatedService.Issuers, body);

        if (expected is null)
        {
            (await response.ErrorCodeAsync()).ShouldBe("request.invalid");
            return;
        }

        var issuer = await response.JsonAsync();
        issuer.Text("replay_mode").ShouldBe(expected);
        issuer.GetProperty("check_jti").GetBoolean().ShouldBe(expected != "off");
    }

    [Fact]
    public async Task Create_SharedPlatform_IsSharedAndStaysSo()
    {
        var body = Service.IssuerBody();
        body["issuer_url"] = "https://gitlab.com";
        body["tenancy"] = "dedicated";
        using var refused = await Service.PostAsync(FederatedService.Issuers, body);
        (await refused.ErrorCodeAsync()).ShouldBe("request.invalid");
        body.Remove("tenancy");

        (await Service.CreateAsync(FederatedService.Issuers, body)).Text("tenancy").ShouldBe("shared");
    }

    [Fact]
    public async Task Create_SpiffeBundle_IsKeptWhole()
    {
        var keys = new JsonArray([.. Service.Provider.Keys.Select(key => key!.DeepClone())]);
        keys[0]!["use"] = "jwt-svid";
        keys[1]!["use"] = "x509-svid";
        var body = Service.IssuerBody();
        body["issuer_url"] = "spiffe://prod.acme.test";
        body["jwks"] = new JsonObject
        {
            ["type"] = "spiffe_bundle",
            ["trust_domain"] = "prod.acme.test",
            ["bundle"] = new JsonObject { ["spiffe_sequence"] = 7, ["keys"] = keys },
        };

        var issuer = await Service.CreateAsync(FederatedService.Issuers, body);

        issuer.GetProperty("jwks").GetProperty("bundle").GetProperty("spiffe_sequence").GetInt32().ShouldBe(7);
        issuer.GetProperty("types").ToString().ShouldBe("""["JWT","JOSE"]""");
        issuer.GetProperty("poll_status").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [Fact]
    public async Task Create_HttpUrl_NamesTheField()
    {
        var body = Service.IssuerBody();
        body["issuer_url"] = "http://a.test";

        using var response = await Service.PostAsync(FederatedService.Issuers, body);

        (await response.JsonAsync())
            .GetProperty("error")
            .Text("message")
            .ShouldBe("issuer_url: url must use https scheme");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Create_NameTwice_IsConflictUntilArchived()
    {
        var body = Service.IssuerBody();
        var first = await Service.CreateAsync(FederatedService.Issuers, body);

        using var again = await Service.PostAsync(FederatedService.Issuers, body);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        again.Header("x-should-retry").ShouldBe("false");
        (await again.ErrorCodeAsync()).ShouldBe("federation.name_taken");

        await Service.CreateAsync($"{FederatedService.Issuers}/{first.Text("id")}/archive");
        await Service.CreateAsync(FederatedService.Issuers, body);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Update_OneMember_KeepsTheOthers()
    {
        var id = await Service.IssuerAsync();

        var updated = await Service.CreateAsync(
            $"{FederatedService.Issuers}/{id}",
            new JsonObject { ["check_jti"] = false, ["jwks_polling_disabled"] = false }
        );

        updated.GetProperty("check_jti").GetBoolean().ShouldBeFalse();
        updated.GetProperty("jwks").Text("type").ShouldBe("discovery");
        updated.GetProperty("allowed_targets").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Update_IntoSharedIssuer_NeedsPinnedRules()
    {
        var issuer = await Service.IssuerAsync(body =>
        {
            body["jwks"] = new JsonObject { ["type"] = "inline", ["keys"] = Service.Provider.Keys.DeepClone() };
            body.Remove("allowed_targets");
        });
        var rule = Service.RuleBody(issuer, await Service.AccountAsync());
        rule["match"] = new JsonObject { ["claims"] = new JsonObject { ["environment"] = "prod" } };
        await Service.CreateAsync(FederatedService.Rules, rule);

        using var response = await Service.PostAsync(
            $"{FederatedService.Issuers}/{issuer}",
            new JsonObject { ["issuer_url"] = "https://token.actions.githubusercontent.com" }
        );

        (await response.ErrorCodeAsync()).ShouldBe("federation.lint");
    }

    // I23
    [Fact]
    public async Task Archive_WithLiveRule_IsRefused()
    {
        var issuer = await Service.IssuerAsync();
        var rule = (
            await Service.CreateAsync(FederatedService.Rules, Service.RuleBody(issuer, await Service.AccountAsync()))
        ).Text("id");

        using var refused = await Service.PostAsync($"{FederatedService.Issuers}/{issuer}/archive");
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.ErrorCodeAsync()).ShouldBe("federation.in_use");

        await Service.CreateAsync($"{FederatedService.Rules}/{rule}/archive");
        var archived = await Service.CreateAsync($"{FederatedService.Issuers}/{issuer}/archive");
        var again = await Service.CreateAsync($"{FederatedService.Issuers}/{issuer}/archive");
        again.Text("archived_at").ShouldBe(archived.Text("archived_at"));
        using var update = await Service.PostAsync($"{FederatedService.Issuers}/{issuer}", new JsonObject());
        (await update.ErrorCodeAsync()).ShouldBe("federation.archived");
    }

    [Fact]
    public async Task List_Pages_AreNewestFirstAndWithoutArchived()
    {
        await using var own = await FederatedService.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await own.IssuerAsync());
        }

        await own.CreateAsync($"{FederatedService.Issuers}/{ids[1]}/archive");

        var first = await own.GetAsync($"{FederatedService.Issuers}?limit=1");
        first.GetProperty("data")[0].Text("id").ShouldBe(ids[2]);
        var second = await own.GetAsync($"{FederatedService.Issuers}?limit=1&page={first.Text("next_page")}");
        second.GetProperty("data")[0].Text("id").ShouldBe(ids[0]);
        second.GetProperty("next_page").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        var all = await own.GetAsync($"{FederatedService.Issuers}?include_archived=true");
        all.GetProperty("data").GetArrayLength().ShouldBe(3);
    }

    // S2: a caller that sets the keys behind an edge's rule can create edges.
    [Fact]
    public async Task Update_BehindAnEdgeRule_NeedsTheOperator()
    {
        var issuer = await Service.IssuerAsync();
        var edge = await Service.CreateAsync(
            "/v1/edges",
            new JsonObject { ["name"] = Service.NewName("edge"), ["addresses"] = new JsonArray("e.test:7844") }
        );
        var rule = Service.RuleBody(issuer, await Service.AccountAsync());
        rule["oauth_scope"] = "edge:serve";
        rule["edge_ids"] = new JsonArray(edge.Text("id"));
        await Service.CreateAsync(FederatedService.Rules, rule);
        var secret = AdminKey.NewSecret();
        var now = Service.Time.GetUtcNow();
        var key = new AdminKey
        {
            Id = AdminKeyId.New(),
            OrganizationId = Service.OrganizationId,
            Name = "admin",
            Scopes = new HashSet<string> { Scopes.OrganizationAdmin },
            CreatedAt = now,
            ExpiresAt = now.AddDays(1),
        };
        await Service
            .Service.Get<IJournal>()
            .CommitAsync(
                new Decision
                {
                    Statements = [Service.Service.Get<AdminKeyStore>().Insert(key, Credentials.Hash(secret))],
                },
                TestContext.Current.CancellationToken
            );
        using var client = Service.Service.Client(secret);

        using var refused = await Service.PostAsync(
            $"{FederatedService.Issuers}/{issuer}",
            new JsonObject { ["check_jti"] = false },
            client
        );

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await refused.ErrorCodeAsync()).ShouldBe("federation.scope_not_grantable");
        await Service.CreateAsync($"{FederatedService.Issuers}/{issuer}", new JsonObject { ["check_jti"] = false });
    }

    // I18: the federation is administered with org:admin alone.
    [Fact]
    public async Task Any_WithoutOrgAdmin_Is403()
    {
        using var client = Service.Service.Client(await Service.AccessTokenAsync(fixture.RuleId));

        using var response = await client.GetAsync(FederatedService.Issuers, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await response.ErrorCodeAsync()).ShouldBe("auth.scope");
    }
}
