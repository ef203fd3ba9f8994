using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>A rule is edited in the console: with what the lints and a simulation say before it is saved.</summary>
public sealed class RuleEditPageTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    // A change replaces the match and the lists whole: what the form does not show would be lost, and the rule wider.
    [Fact]
    public async Task Submit_UntouchedForm_ChangesNothing()
    {
        var tunnel = (await Service.CreateAsync("/v1/tunnels", [])).Text("id");
        var rule = await Service.RuleAsync(body =>
        {
            body["description"] = "Builds & releases";
            body["match"] = JsonNode.Parse(
                """
                {"subject_prefix":"repo:acme/*","audience":"https://identity.test:8443","claims":{"environment":"production"},
                 "matchers":[{"claim":"ref","in":["refs/heads/main","refs/heads/next"]}],
                 "condition":"claims.runner_environment == \"github-hosted\""}
                """
            );
            body["oauth_scope"] = "tunnel:agent";
            body["tunnel_ids"] = new JsonArray(tunnel);
            body["bind"] = "dpop";
            body["expires_at"] = "2099-01-01T00:00:00Z";
            body["state"] = "draft";
        });
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        var before = await GetAsync(rule);
        var page = Edit(rule);

        using var saved = await browser.SubmitAsync(page, ConsoleForm.Read(await browser.OpenAsync(page), page));

        saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        saved.Headers.Location!.ToString().ShouldBe($"/console/rules/{rule}?done");
        var after = await GetAsync(rule);
        after["version"]!.GetValue<int>().ShouldBe(2);
        foreach (var member in (string[])["version", "updated_at", "updated_by_actor_id"])
        {
            before.Remove(member);
            after.Remove(member);
        }

        after.ToJsonString().ShouldBe(before.ToJsonString());
    }

    [Fact]
    public async Task Submit_Edit_ChangesTheRule_WithItsReasonInTheAudit()
    {
        var rule = await Service.RuleAsync(body => body["expires_at"] = "2099-01-01T00:00:00Z");
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);

        using var saved = await SendAsync(
            browser,
            rule,
            "",
            ("match.subject_prefix", "repo:acme/app:*"),
            ("description", "All branches"),
            ("expires_at", ""),
            ("reason", "more branches")
        );

        saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var after = await GetAsync(rule);
        after["match"]!["subject_prefix"]!.GetValue<string>().ShouldBe("repo:acme/app:*");
        after["description"]!.GetValue<string>().ShouldBe("All branches");
        after["expires_at"].ShouldBeNull();
        after["state"]!.GetValue<string>().ShouldBe("enforce", "it stays as it is");
        (await Service.LastAuditAsync("platform_federation_rule_updated")).ToString().ShouldContain("more branches");
        (await browser.OpenAsync($"/console/rules/{rule}")).ShouldContain("subject begins with repo:acme/app:");
    }

    [Fact]
    public async Task Submit_Lint_ShowsFindings_SavesNothing_AndKeepsWhatWasTyped()
    {
        var rule = await Service.RuleAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);

        using var linted = await SendAsync(browser, rule, "/lint", ("match.subject_prefix", "repo:*"));

        linted.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        browser.Page.ShouldContain("Lint results");
        browser.Page.ShouldContain("name=\"match.subject_prefix\" spellcheck=\"false\" value=\"repo:*\"");
        (await GetAsync(rule))["version"]!.GetValue<int>().ShouldBe(1);
    }

    [Theory]
    [InlineData("repo:acme/app:ref:refs/heads/main", "granted")]
    [InlineData("repo:acme/other:*", "denied: match_subject_prefix")]
    public async Task Submit_SimulationOfPastedClaims_DecidesByTheRuleAsTyped(string subject, string decision)
    {
        var rule = await Service.RuleAsync();
        var claims = Service.Provider.Claims(FederatedService.PublicUrl).ToJsonString();
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);

        using var tried = await SendAsync(
            browser,
            rule,
            "/simulate",
            ("match.subject_prefix", subject),
            ("tried_claims", claims)
        );

        tried.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        browser.Page.ShouldContain($"<h2 id=\"decision\">{decision}</h2>");
        browser.Page.ShouldContain(WebUtility.HtmlEncode(claims)[..40]);
        (await GetAsync(rule))["version"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Submit_SimulationOfAPastExchange_TakesItsClaims()
    {
        var rule = await Service.RuleAsync();
        using var granted = await Service.ExchangeAsync(rule, Service.Token());
        var request = granted.Header("request-id")!;
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        (await browser.OpenAsync(Edit(rule))).ShouldContain($"<option value=\"{request}\"");

        using var tried = await SendAsync(browser, rule, "/simulate", ("tried_request", request));

        browser.Page.ShouldContain("<h2 id=\"decision\">granted</h2>");
        browser.Page.ShouldContain($"<option value=\"{request}\" selected");
    }

    [Fact]
    public async Task Submit_NewRuleTriedFirst_IsSimulatedAndNotStored()
    {
        var (issuer, account) = (await Service.IssuerAsync(), await Service.AccountAsync());
        var name = Service.NewName("tried");
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        const string page = "/console/rules/new";
        var fields = ConsoleForm.Read(
            await browser.OpenAsync(page),
            page,
            ("name", name),
            ("issuer_id", issuer),
            ("target.service_account_id", account),
            ("match.subject_prefix", "repo:acme/app:*"),
            ("oauth_scope", "workspace:manage_tunnels"),
            ("tried_claims", Service.Provider.Claims(FederatedService.PublicUrl).ToJsonString())
        );

        using var tried = await browser.SubmitAsync($"{page}/simulate", fields);
        browser.Page.ShouldContain("<h2 id=\"decision\">granted</h2>");
        using var linted = await browser.SubmitAsync($"{page}/lint", fields);
        linted.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);

        browser.Page.ShouldContain($"value=\"{name}\"");
        (await browser.OpenAsync("/console/rules")).ShouldNotContain(name);
    }

    [Theory]
    [InlineData("", "match.claims", "{", "match.claims: this is not JSON.")]
    [InlineData("", "token_lifetime_seconds", "soon", "token_lifetime_seconds: a whole number is required.")]
    [InlineData("", "expires_at", "tomorrow", "expires_at")]
    [InlineData("", "oauth_scope", "everything", "scope")]
    [InlineData("", "match.condition", "claims.", "condition")]
    [InlineData("", "version", "7", "the rule is at version 1")]
    [InlineData("/lint", "match.matchers", "{\"claim\":\"x\"}", "match")]
    [InlineData("/simulate", "tried_claims", "", "exactly one of token, claims, request_id and sample")]
    public async Task Submit_WhatTheApiRefuses_ShowsWhy_AndKeepsWhatWasTyped(
        string path,
        string field,
        string value,
        string why
    )
    {
        var rule = await Service.RuleAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);

        using var refused = await SendAsync(browser, rule, path, (field, value), ("reason", "kept as typed"));

        ((int)refused.StatusCode).ShouldBeInRange(400, 409, browser.Page);
        browser.Page.ShouldContain("role=\"alert\"");
        WebUtility.HtmlDecode(browser.Page).ShouldContain(why);
        browser.Page.ShouldContain("value=\"kept as typed\"");
        (await GetAsync(rule))["version"]!.GetValue<int>().ShouldBe(1);
    }

    // An empty match is what the API makes of it, not the match that was there.
    [Fact]
    public async Task Submit_EveryConditionCleared_IsRefused()
    {
        var rule = await Service.RuleAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);

        using var refused = await SendAsync(browser, rule, "", ("match.subject_prefix", ""));

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        (await GetAsync(rule))["version"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task Get_NewRuleForAnAgent_IsFilledIn_AndThenTheTunnelsPageHasItsFile()
    {
        await Service.IssuerAsync();
        await Service.AccountAsync();
        var tunnel = (await Service.CreateAsync("/v1/tunnels", [])).Text("id");
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        const string page = "/console/rules/new";
        var form = await browser.OpenAsync($"{page}?tunnel={tunnel}&scope=tunnel:agent");

        using var made = await browser.SubmitAsync(
            page,
            ConsoleForm.Read(form, page, ("name", Service.NewName("agents")), ("match.subject_prefix", "agent-1"))
        );

        made.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var rule = made.Headers.Location!.ToString().Split('/', '?')[3];
        var stored = await GetAsync(rule);
        stored["tunnel_ids"]!.ToJsonString().ShouldBe($"[\"{tunnel}\"]");
        stored["oauth_scope"]!.GetValue<string>().ShouldBe("tunnel:agent");
        var file = WebUtility.HtmlDecode(await browser.OpenAsync($"/console/tunnels/{tunnel}/agent"));
        file.ShouldContain($"rule_id: \"{rule}\"");
        file.ShouldContain($"organization_id: \"{Service.OrganizationId}\"");
        file.ShouldNotContain("tunnel_token");
    }

    [Fact]
    public async Task Get_ArchivedRule_HasNoForm()
    {
        var rule = await Service.RuleAsync();
        await Service.CreateAsync($"{FederatedService.Rules}/{rule}/archive");
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);

        (await browser.OpenAsync(Edit(rule))).ShouldNotContain("Save</button>");
        (await browser.OpenAsync($"/console/rules/{rule}")).ShouldNotContain($"href=\"{Edit(rule)}\"");
    }

    private static string Edit(string rule) => $"/console/rules/{rule}/edit";

    private static async Task<HttpResponseMessage> SendAsync(
        ConsoleBrowser browser,
        string rule,
        string path,
        params (string, string)[] changes
    ) =>
        await browser.SubmitAsync(
            Edit(rule) + path,
            ConsoleForm.Read(await browser.OpenAsync(Edit(rule)), Edit(rule), changes)
        );

    private async Task<JsonObject> GetAsync(string rule) =>
        JsonNode.Parse((await Service.GetAsync($"{FederatedService.Rules}/{rule}")).GetRawText())!.AsObject();
}
