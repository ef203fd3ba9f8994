using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.Revocations;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;
using Microsoft.AspNetCore.WebUtilities;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Authorization;

/// <summary>A person's sign-in to a route, from the metadata to the refresh, against a provider over real TLS.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class SignInFlowTests : IAsyncLifetime
{
    private AuthorizationBench bench = null!;

    public async ValueTask InitializeAsync() => bench = await AuthorizationBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Theory]
    [InlineData("/.well-known/oauth-authorization-server/oauth/{0}")]
    [InlineData("/oauth/{0}/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/openid-configuration/oauth/{0}")]
    [InlineData("/oauth/{0}/.well-known/openid-configuration")]
    public async Task Metadata_EachForm_NamesTheOrganizationsEndpoints(string path)
    {
        using var response = await bench.Federated.SendAnonymousAsync(
            new HttpRequestMessage(HttpMethod.Get, string.Format(null, path, bench.Organization))
        );

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Header("access-control-allow-origin").ShouldBe("*");
        var document = await response.JsonAsync();
        document.Text("issuer").ShouldBe(bench.Issuer);
        document.Text("token_endpoint").ShouldBe($"{bench.Issuer}/token");
        document.GetProperty("code_challenge_methods_supported").ToString().ShouldBe("""["S256"]""");
    }

    [Fact]
    public async Task Metadata_NotEnabledOrAnotherOrganization_IsMissing()
    {
        using var other = await bench.Federated.SendAnonymousAsync(
            new HttpRequestMessage(HttpMethod.Get, "/oauth/org_other/.well-known/oauth-authorization-server")
        );
        other.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await bench.EnableAsync(false);

        using var response = await bench.Federated.SendAnonymousAsync(
            new HttpRequestMessage(
                HttpMethod.Get,
                $"/oauth/{bench.Organization}/.well-known/oauth-authorization-server"
            )
        );

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task SignIn_Allowed_GivesATokenForTheRoute()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        using var page = await bench.SignInAsync(browser);
        page.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        browser.Page.ShouldContain("Ada Lovelace");
        browser.Page.ShouldContain("client.example.com");
        browser.Page.ShouldContain("An administrator registered this program.");
        page.Header("content-security-policy")!.ShouldContain("frame-ancestors 'none'");
        page.Header("content-security-policy")!.ShouldNotContain("form-action '");
        page.Header("x-frame-options").ShouldBe("DENY");
        page.Header("cross-origin-opener-policy").ShouldBe("unsafe-none");

        using var answered = await bench.AnswerAsync(browser);
        var answer = AuthorizationBench.AnswerTo(answered);
        answer["iss"].ShouldBe(bench.Issuer);
        answer["state"].ShouldBe("the-state");
        var token = await bench.TokenOkAsync(bench.CodeForm(answer["code"]));

        token.Text("token_type").ShouldBe("Bearer");
        token.Text("scope").ShouldBe("files.read files.write");
        var claims = ReadClaims(token);
        claims.Text("iss").ShouldBe(bench.Issuer);
        claims.Text("sub").ShouldBe($"{bench.IssuerId}:ada");
        claims.Text("aud").ShouldBe(bench.Resource);
        claims.Text("client_id").ShouldBe(bench.Client);
        claims.Text("rule").ShouldBe(bench.RuleId);
        claims.GetProperty("src").Text("iss").ShouldBe(bench.IssuerId);
        (await bench.Federated.LastAuditAsync("oauth_sign_in")).GetProperty("actor").Text("subject").ShouldBe("ada");
        (await bench.Federated.LastAuditAsync("oauth_token_issued"))
            .GetProperty("event_data")
            .Text("token_id")
            .ShouldBe(claims.Text("jti"));
    }

    [Fact]
    public async Task SignIn_AgentsReportedTools_ConsentPageShowsThoseThatThePolicyAllowedOrShowed()
    {
        await ReportAsync(
            Enumerable
                .Range(10, 13)
                .Select(number => ($"tool-{number}", "allow"))
                .Append(("drop_every_table", "deny"))
                .Append(("list_every_secret", "listed"))
                .Append(("hidden_since_a_week", "hidden"))
                .Append(("a-new-tool", "shown"))
        );
        using var browser = new ConsoleBrowser(bench.Service);

        using var page = await bench.SignInAsync(browser);

        browser.Page.ShouldContain("a-new-tool, tool-10, tool-11,");
        browser.Page.ShouldContain("tool-20 and 2 more");
        browser.Page.ShouldNotContain("drop_every_table");
        browser.Page.ShouldNotContain("list_every_secret");
        browser.Page.ShouldNotContain("hidden_since_a_week");
        browser.Page.ShouldNotContain("(other)");
    }

    [Fact]
    public async Task SignIn_ToolWithHiddenCharacters_ConsentPageShowsThem()
    {
        await ReportAsync([("safe\u202etool", "allow")]);
        using var browser = new ConsoleBrowser(bench.Service);

        using var page = await bench.SignInAsync(browser);

        browser.Page.ShouldContain("safe");
        browser.Page.ShouldNotContain("\u202e");
        browser.Page.ShouldNotContain("&#x202E;");
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("/", "")]
    [InlineData("/", "/")]
    public async Task SignIn_RouteAtTheRootOfItsHost_TokenIsForTheResourceWithoutASlash(string asked, string redeemed)
    {
        var root = new Uri(bench.Resource).GetLeftPart(UriPartial.Authority);
        var code = await bench.CodeAsync(parameters => parameters["resource"] = root + asked);
        var form = bench.CodeForm(code);
        form["resource"] = root + redeemed;

        var token = await bench.TokenOkAsync(form);

        ReadClaims(token).Text("aud").ShouldBe(root);
        var refresh = bench.RefreshForm(token.Text("refresh_token"));
        refresh["resource"] = root + redeemed;
        ReadClaims(await bench.TokenOkAsync(refresh)).Text("aud").ShouldBe(root);
    }

    [Fact]
    public async Task SignIn_TwoPagesInOneBrowser_BothGetTheirTokens()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        using var first = await bench.SignInAsync(browser);
        var (token, request) = (ConsoleBrowser.TokenOf(browser.Page), AuthorizationBench.RequestOn(browser));
        using var second = await bench.SignInAsync(browser);

        using var secondAnswer = await bench.AnswerAsync(browser);
        using var firstAnswer = await browser.SubmitWithAsync(
            $"/oauth/{bench.Organization}/consent",
            token,
            (ConsentForm.RequestField, request),
            (ConsentForm.AnswerField, ConsentForm.Allow)
        );

        var tokens = new List<JsonElement>();
        foreach (var answer in (HttpResponseMessage[])[firstAnswer, secondAnswer])
        {
            tokens.Add(await bench.TokenOkAsync(bench.CodeForm(AuthorizationBench.AnswerTo(answer)["code"])));
        }

        ReadClaims(tokens[0]).Text("family").ShouldNotBe(ReadClaims(tokens[1]).Text("family"));
    }

    [Fact]
    public async Task Token_AtTheServicesApi_IsRefused()
    {
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));
        using var client = bench.Service.Client(token.Text("access_token"));

        await client
            .GetAsync("/v1/organizations/current", TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.issuer");
    }

    [Fact]
    public async Task Refresh_EachTime_ReplacesTheToken()
    {
        var first = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));

        var second = await bench.TokenOkAsync(bench.RefreshForm(first.Text("refresh_token")));
        var third = await bench.TokenOkAsync(bench.RefreshForm(second.Text("refresh_token")));

        ReadClaims(third).Text("family").ShouldBe(ReadClaims(first).Text("family"));
        third.Text("refresh_token").ShouldNotBe(second.Text("refresh_token"));
    }

    [Fact]
    public async Task Refresh_OlderToken_EndsTheGrant()
    {
        var first = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));
        var second = await bench.TokenOkAsync(bench.RefreshForm(first.Text("refresh_token")));

        await bench.ShouldDenyAsync(bench.RefreshForm(first.Text("refresh_token")));

        await bench.ShouldDenyAsync(bench.RefreshForm(second.Text("refresh_token")));
        (await bench.Federated.LastAuditAsync("oauth_refresh_reused"))
            .GetProperty("event_data")
            .Text("family")
            .ShouldBe(ReadClaims(first).Text("family"));
    }

    [Fact]
    public async Task Code_Twice_EndsTheGrant()
    {
        var code = await bench.CodeAsync();
        var token = await bench.TokenOkAsync(bench.CodeForm(code));

        await bench.ShouldDenyAsync(bench.CodeForm(code));

        await bench.ShouldDenyAsync(bench.RefreshForm(token.Text("refresh_token")));
        await bench.Federated.LastAuditAsync("oauth_grant_revoked");
    }

    [Fact]
    public async Task Revoke_RefreshToken_EndsTheGrant()
    {
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));
        var refresh = token.Text("refresh_token");

        using var response = await bench.TokenAsync(new() { ["token"] = refresh }, endpoint: "revoke");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await bench.ShouldDenyAsync(bench.RefreshForm(refresh));
    }

    [Fact]
    public async Task Refresh_AfterOffBoarding_IsRefused()
    {
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));

        var done = await OffBoardAsync();

        done.GetProperty("effects").GetProperty("refresh_grants").GetInt32().ShouldBe(1);
        await bench.ShouldDenyAsync(bench.RefreshForm(token.Text("refresh_token")));
    }

    [Fact]
    public async Task Token_PersonOffBoardedWhileTheConsentPageWasOpen_IsRefused()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        using var page = await bench.SignInAsync(browser);
        bench.Federated.Time.Advance(TimeSpan.FromSeconds(5));
        var done = await OffBoardAsync();
        bench.Federated.Time.Advance(TimeSpan.FromSeconds(5));

        using var answer = await bench.AnswerAsync(browser);

        done.GetProperty("effects").GetProperty("refresh_grants").GetInt32().ShouldBe(0);
        await bench.ShouldDenyAsync(bench.CodeForm(AuthorizationBench.AnswerTo(answer)["code"]));
        (await bench.Federated.LastAuditAsync("oauth_token_issued"))
            .GetProperty("status")
            .Text("reason")
            .ShouldBe("token_revoked");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Token_SubjectIsRevoked_IsRefused(bool isRefresh)
    {
        var form = bench.CodeForm(await bench.CodeAsync());
        if (isRefresh)
        {
            form = bench.RefreshForm((await bench.TokenOkAsync(form)).Text("refresh_token"));
        }

        await bench.Federated.CreateAsync(
            "/v1/oauth/revocations",
            new JsonObject
            {
                ["kind"] = "subject",
                ["issuer_id"] = bench.IssuerId,
                ["subject"] = "ada",
            }
        );

        await bench.ShouldDenyAsync(form);
    }

    [Theory]
    [InlineData("rule", true)]
    [InlineData("rule_version", true)]
    [InlineData("older_rule_version", false)]
    [InlineData("principal", true)]
    [InlineData("issuer", true)]
    [InlineData("subject", true)]
    [InlineData("another_subject", false)]
    [InlineData("issued_before", true)]
    [InlineData("issued_before_the_sign_in", false)]
    public async Task Refresh_LongAfterARevocation_IsRefusedIfTheGrantWasCovered(string what, bool isCovered)
    {
        await bench.Federated.CreateAsync(
            $"{FederatedService.Rules}/{bench.RuleId}",
            new JsonObject { ["name"] = "second" }
        );
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));
        bench.Federated.Time.Advance(TimeSpan.FromSeconds(5));
        var now = bench.Federated.Time.GetUtcNow();
        var rule = await bench.Service.Api.GetOkAsync($"{FederatedService.Rules}/{bench.RuleId}");
        var version = rule.GetProperty("version").GetInt32();
        await bench.Federated.CreateAsync(
            "/v1/oauth/revocations",
            what switch
            {
                "rule" => new() { ["kind"] = "rule", ["rule_id"] = bench.RuleId },
                "rule_version" => new()
                {
                    ["kind"] = "rule_version",
                    ["rule_id"] = bench.RuleId,
                    ["rule_version"] = version,
                },
                "older_rule_version" => new()
                {
                    ["kind"] = "rule_version",
                    ["rule_id"] = bench.RuleId,
                    ["rule_version"] = version - 1,
                },
                "principal" => new()
                {
                    ["kind"] = "principal",
                    ["service_account_id"] = rule.GetProperty("target").Text("service_account_id"),
                },
                "issuer" => new() { ["kind"] = "issuer", ["issuer_id"] = bench.IssuerId },
                "subject" or "another_subject" => new()
                {
                    ["kind"] = "subject",
                    ["issuer_id"] = bench.IssuerId,
                    ["subject"] = what == "subject" ? "ada" : "bob",
                },
                "issued_before" => new JsonObject { ["kind"] = "issued_before" },
                _ => new()
                {
                    ["kind"] = "issued_before",
                    ["issued_before"] = UtcTimeConverter.Format(now - TimeSpan.FromMinutes(1)),
                },
            }
        );
        // By then the revocation itself is forgotten: no access token lives that long.
        bench.Federated.Time.Advance(TimeSpan.FromHours(30));
        await bench.Service.Get<RevocationSet>().ReadAllAsync(TestContext.Current.CancellationToken);
        bench.Service.Get<RevocationSet>().Count.ShouldBe(0);

        var form = bench.RefreshForm(token.Text("refresh_token"));
        if (isCovered)
        {
            await bench.ShouldDenyAsync(form);
        }
        else
        {
            await bench.TokenOkAsync(form);
        }
    }

    [Theory]
    [InlineData("files.read", false, false, true)]
    [InlineData("files.write", false, false, false)]
    [InlineData("files.read", true, false, false)]
    [InlineData("files.read", false, true, false)]
    public async Task SignIn_Again_AsksOnlyForWhatWasNotAllowedOrHasEnded(
        string scope,
        bool isRevoked,
        bool isOtherPerson,
        bool isRemembered
    )
    {
        await bench.RuleAsync(body => body["match"] = new JsonObject { ["subject_prefix"] = "bob" });
        var token = await bench.TokenOkAsync(
            bench.CodeForm(await bench.CodeAsync(parameters => parameters["scope"] = "files.read"))
        );
        if (isRevoked)
        {
            using var revoked = await bench.TokenAsync(
                new() { ["token"] = token.Text("refresh_token") },
                endpoint: "revoke"
            );
        }

        bench.Subject = isOtherPerson ? "bob" : "ada";
        using var browser = new ConsoleBrowser(bench.Service);
        using var answer = await bench.SignInAsync(browser, parameters => parameters["scope"] = scope);

        answer.StatusCode.ShouldBe(isRemembered ? HttpStatusCode.SeeOther : HttpStatusCode.OK);
        if (isRemembered)
        {
            var second = await bench.TokenOkAsync(bench.CodeForm(AuthorizationBench.AnswerTo(answer)["code"]));
            second.Text("scope").ShouldBe("files.read");
        }
    }

    [Fact]
    public async Task SignIn_AgainByAProgramOnTheComputer_AsksAgain()
    {
        const string Loopback = "http://127.0.0.1/callback";
        await bench.Federated.CreateAsync(
            $"/v1/oauth/clients/{bench.Client}",
            new JsonObject { ["redirect_uris"] = new JsonArray(Loopback) }
        );
        using var browser = new ConsoleBrowser(bench.Service);
        using var page = await bench.SignInAsync(browser, parameters => parameters["redirect_uri"] = Loopback);
        using var answer = await bench.AnswerAsync(browser);
        var form = bench.CodeForm(QueryHelpers.ParseQuery(answer.Headers.Location!.Query)["code"].ToString());
        form["redirect_uri"] = Loopback;
        await bench.TokenOkAsync(form);

        using var again = await bench.SignInAsync(browser, parameters => parameters["redirect_uri"] = Loopback);

        again.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Refresh_ArchivedRule_IsRefused()
    {
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));
        await bench.Federated.CreateAsync($"{FederatedService.Rules}/{bench.RuleId}/archive");

        await bench.ShouldDenyAsync(bench.RefreshForm(token.Text("refresh_token")));
    }

    private Task<JsonElement> OffBoardAsync() =>
        bench.Federated.CreateAsync(
            "/v1/people/off_board",
            new JsonObject
            {
                ["issuer_id"] = bench.IssuerId,
                ["subject"] = "ada",
                ["reason"] = "has left",
            }
        );

    private static JsonElement ReadClaims(JsonElement token) =>
        JsonDocument
            .Parse(Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(token.Text("access_token").Split('.')[1])))
            .RootElement;

    // What an agent reports of the route "docs": names of tools and a decision about each.
    private async Task ReportAsync(IEnumerable<(string Name, string Decision)> tools)
    {
        var now = bench.Federated.Time.GetUtcNow();
        TunnelId.TryParse(bench.TunnelId, out var tunnel).ShouldBeTrue();
        var usage = new AgentReportUsage(
            Run: "a",
            Sequence: 1,
            Entries:
            [
                .. tools
                    .Append(("(other)", "allow"))
                    .Select(tool => new AgentReportUse(
                        Route: "docs",
                        Kind: "tool",
                        Name: tool.Item1,
                        Decisions: new Dictionary<string, long> { [tool.Item2] = 1 },
                        LastSeenAt: now.UtcDateTime,
                        LastCalledAt: now.UtcDateTime,
                        LastCaller: null,
                        LastShownAt: tool.Item2 switch
                        {
                            "shown" => now.UtcDateTime,
                            "hidden" => now.AddDays(-7).UtcDateTime,
                            _ => null,
                        }
                    )),
            ]
        );
        var report = $$"""
            {"revision":1,"epochs":{"platform":1,"trust_bundle":1},"serials":{"platform":"01","server":null},"version":"1","routes":[{"name":"docs",
             "hostname":"{{new Uri(bench.Resource).Host}}","upstream_healthy":true,"detail":""}]}
            """;
        var result = await bench
            .Service.Get<IJournal>()
            .CommitAsync(
                new Decision
                {
                    Statements =
                    [
                        .. bench.Service.Get<InventoryStore>().Add(tunnel, "i", usage, now, limit: 100),
                        bench
                            .Service.Get<AgentReportStore>()
                            .Save(bench.TunnelId, "i", now, "01", report, secrets: null),
                    ],
                },
                TestContext.Current.CancellationToken
            );
        result.IsCommitted.ShouldBeTrue();
    }
}
