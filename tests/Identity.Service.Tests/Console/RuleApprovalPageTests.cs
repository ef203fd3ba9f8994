using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>The page of a rule for people that waits for a second person. The console's browser is one person, Bob another.</summary>
public sealed class RuleApprovalPageTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Page_VersionWaits_ShowsTheDifferences_AndApproves()
    {
        var (bob, _) = await PersonKeys.AddAsync(Service.Service, Service.OrganizationId, Service.NewName("Bob"));
        using var disposed = bob;
        var rule = await CreateAsync(bob);
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        var page = $"/console/rules/{rule}";
        (await browser.OpenAsync(page)).ShouldContain("The rule grants nothing until then.");
        using var first = await browser.SubmitAsync($"{page}/approve", ("version", "1"), ("reason", ""));
        first.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        await bob.PostOkAsync($"{FederatedService.Rules}/{rule}", """{"route_scopes":["files.read","files.write"]}""");

        var waiting = await browser.OpenAsync(page);

        waiting.ShouldContain("Version 3 waits for a second person");
        waiting.ShouldContain("Version 2 decides until then.");
        waiting.ShouldContain("<code>route_scopes</code>");
        (await browser.OpenAsync("/console/rules")).ShouldContain("awaits approval");
        (await browser.OpenAsync($"{page}/edit")).ShouldContain("awaits approval");
        using var second = await browser.SubmitAsync($"{page}/approve", ("version", "3"), ("reason", "read"));
        second.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync(page)).ShouldContain("version 4 is in force");
    }

    [Fact]
    public async Task Page_OwnVersion_IsNotApproved_AndCanBeRejected()
    {
        var rule = await CreateAsync(Service.Service.Api);
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        var page = $"/console/rules/{rule}";
        await browser.OpenAsync(page);

        using var refused = await browser.SubmitAsync($"{page}/approve", ("version", "1"), ("reason", ""));

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, browser.Page);
        browser.Page.ShouldContain("A second person must approve the rule.");
        using var rejected = await browser.SubmitAsync($"{page}/reject", ("version", "1"), ("reason", "too early"));
        rejected.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await Service.GetAsync($"{FederatedService.Rules}/{rule}")).Text("state").ShouldBe("draft");
    }

    private async Task<string> CreateAsync(HttpClient by)
    {
        var tunnel = await Service.CreateAsync("/v1/tunnels", new JsonObject { ["display_name"] = "docs" });
        var body = Service.RuleBody(await Service.IssuerAsync(), await Service.AccountAsync());
        body.Remove("oauth_scope");
        body["subject_type"] = "person";
        body["match"] = new JsonObject { ["subject_prefix"] = "ada" };
        body["route_scopes"] = new JsonArray("files.read");
        body["tunnel_ids"] = new JsonArray(tunnel.Text("id"));
        return (await by.PostOkAsync(FederatedService.Rules, body.ToJsonString())).Id();
    }
}
