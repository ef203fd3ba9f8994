using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>Rules in the console: written, and asked why they denied.</summary>
public sealed partial class RulePagesTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string New = "/console/rules/new";

    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Submit_NewRule_WithWhatTheFormOffers_MakesIt()
    {
        var (issuer, account) = (await Service.IssuerAsync(), await Service.AccountAsync());
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        var form = await browser.OpenAsync(New);
        var workspace = Chosen().Match(Select().Match(form).Value).Groups[1].Value;
        workspace.ShouldBe(Service.WorkspaceId, "the default workspace is chosen");

        using var made = await browser.SubmitAsync(New, Fields(issuer, account, workspace));

        made.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var rule = await Service.GetAsync(
            $"{FederatedService.Rules}/{made.Headers.Location!.ToString().Split('/', '?')[3]}"
        );
        rule.GetProperty("workspace_ids").ToString().ShouldBe($"[\"{Service.WorkspaceId}\"]");
        rule.GetProperty("applies_to_all_workspaces").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Submit_NewRule_ForAllWorkspaces_SaysSo()
    {
        var (issuer, account) = (await Service.IssuerAsync(), await Service.AccountAsync());
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        await browser.OpenAsync(New);

        using var made = await browser.SubmitAsync(New, Fields(issuer, account, workspace: ""));

        made.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var rule = await Service.GetAsync(
            $"{FederatedService.Rules}/{made.Headers.Location!.ToString().Split('/', '?')[3]}"
        );
        rule.GetProperty("applies_to_all_workspaces").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Why_OfADeniedExchange_LeadsToTheSameRule_AndIsDeniedThereToo()
    {
        var (issuer, account) = (await Service.IssuerAsync(), await Service.AccountAsync());
        await Service.CreateAsync(FederatedService.Rules, Service.RuleBody(issuer, account));
        var narrow = Service.RuleBody(issuer, account);
        narrow["match"]!["claims"] = new JsonObject { ["environment"] = "qa" };
        var rule = (await Service.CreateAsync(FederatedService.Rules, narrow)).Text("id");
        using var denied = await Service.ExchangeAsync(rule, Service.Token());
        var request = denied.Header("request-id")!;
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        var why = await browser.OpenAsync($"/console/history/{request}");
        var name = (string)narrow["name"]!;
        why.ShouldContain($"<a href=\"/console/rules/{rule}\">{name}</a>");
        (await browser.OpenAsync("/console/history")).ShouldContain($"<a href=\"/console/rules/{rule}\">{name}</a>");
        (await browser.OpenAsync("/console/rules")).ShouldContain("environment is qa");

        var link = WebUtility.HtmlDecode(Trial().Match(why).Groups[1].Value);
        var form = await browser.OpenAsync(link);
        var chosen = Chosen().Match(Select().Match(form).Value).Groups[1].Value;
        using var answer = await browser.SubmitAsync(
            "/console/simulate",
            ("rule_id", chosen),
            ("request_id", RequestId().Match(form).Groups[1].Value)
        );

        link.ShouldBe($"/console/simulate?request={request}&rule={rule}");
        chosen.ShouldBe(rule);
        browser.Page.ShouldContain("denied: claim_mismatch");
        browser.Page.ShouldContain($"href=\"/console/rules/{rule}\"");
        browser.Page.ShouldContain("notice warn");
    }

    [Fact]
    public async Task Submit_Replay_ShowsWhoWouldPassOrFailAsATable()
    {
        var rule = await Service.RuleAsync();
        using var granted = await Service.ExchangeAsync(rule, Service.Token());
        var request = granted.Header("request-id")!;
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        await browser.OpenAsync($"/console/rules/{rule}");

        using var answer = await browser.SubmitAsync(
            $"/console/rules/{rule}/replay",
            ("changes", """{"match":{"subject_prefix":"repo:acme/other:*"}}"""),
            ("days", "1")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        browser.Page.ShouldContain("1 exchanges since");
        browser.Page.ShouldContain("<caption>Newly denied, most frequent first</caption>");
        browser.Page.ShouldContain("repo:acme/app:ref:refs/heads/main");
        browser.Page.ShouldContain("match_subject_prefix");
        browser.Page.ShouldContain($"/console/history/{request}");
        browser.Page.ShouldNotContain("federation_rule_replay");
    }

    private (string, string)[] Fields(string issuer, string account, string workspace) =>
        [
            ("name", Service.NewName("console")),
            ("issuer_id", issuer),
            ("match.subject_prefix", "repo:acme/app:ref:refs/heads/main"),
            ("target.service_account_id", account),
            ("workspace_id", workspace),
            ("oauth_scope", "workspace:manage_tunnels"),
            ("token_lifetime_seconds", "900"),
            ("state", "draft"),
        ];

    [GeneratedRegex("<a href=\"(/console/simulate\\?[^\"]*)\"")]
    private static partial Regex Trial();

    /// <summary>The one that decides: the workspace of a new rule, the rule of a trial.</summary>
    [GeneratedRegex("<select id=\"(workspace|rule)\".*?</select>", RegexOptions.Singleline)]
    private static partial Regex Select();

    [GeneratedRegex("<option value=\"([^\"]*)\" selected")]
    private static partial Regex Chosen();

    [GeneratedRegex("name=\"request_id\" spellcheck=\"false\" value=\"([^\"]*)\"")]
    private static partial Regex RequestId();
}
