using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>What stops production takes two steps and a reason, which the audit keeps; no script is needed for it.</summary>
public sealed class SecondStepTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Pause_WithoutAReason_IsRefused_AndWithOneIsDone()
    {
        var tunnel = await Service.CreateAsync("/v1/tunnels");
        var page = $"/console/tunnels/{tunnel.Id()}";
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        var shown = await browser.OpenAsync(page);
        shown.ShouldContain("<summary>Pause: refuse clients…");
        shown.ShouldContain("end the 0 clients that are connected now. Its 0 live agents stay.");

        await RefusedAsync(browser, $"{page}/pause");
        (await Service.GetAsync($"/v1/tunnels/{tunnel.Id()}"))
            .GetProperty("paused_at")
            .ValueKind.ShouldBe(JsonValueKind.Null);

        await DoneAsync(browser, $"{page}/pause", "maintenance");
        (await Service.LastAuditAsync("tunnel_paused"))
            .GetProperty("event_data")
            .Text("reason")
            .ShouldBe("maintenance");
    }

    [Fact]
    public async Task RuleToDraft_WithoutAReason_IsRefused_AndWithOneIsDone()
    {
        var rule = await Service.RuleAsync();
        var page = $"/console/rules/{rule}";
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        (await browser.OpenAsync(page)).ShouldContain("access tokens that it granted end at once");

        await RefusedAsync(browser, $"{page}/draft");
        await DoneAsync(browser, $"{page}/draft", "too wide");

        (await Service.GetAsync($"{FederatedService.Rules}/{rule}")).Text("state").ShouldBe("draft");
        (await Service.LastAuditAsync("platform_federation_rule_updated"))
            .GetProperty("event_data")
            .Text("reason")
            .ShouldBe("too wide");
    }

    [Fact]
    public async Task ArchiveOfARule_AndOfAnAccount_KeepTheReason()
    {
        var (rule, account) = (await Service.RuleAsync(), await Service.AccountAsync());
        using var browser = await ConsoleBrowser.SignedInAsync(Service.Service);
        foreach (
            var (page, name) in new[]
            {
                ($"/console/rules/{rule}", "platform_federation_rule_archived"),
                ($"/console/service-accounts/{account}", "platform_service_account_archived"),
            }
        )
        {
            (await browser.OpenAsync(page)).ShouldContain("<summary>Archive…");
            await RefusedAsync(browser, $"{page}/archive");
            await DoneAsync(browser, $"{page}/archive", "not used");
            (await Service.LastAuditAsync(name)).GetProperty("event_data").Text("reason").ShouldBe("not used");
        }
    }

    private static async Task RefusedAsync(ConsoleBrowser browser, string form)
    {
        using var answer = await browser.SubmitAsync(form, ("reason", ""));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("reason: a reason is required; it is recorded in the audit.");
        browser.Page.ShouldContain("<details class=\"step\" open>");
    }

    private static async Task DoneAsync(ConsoleBrowser browser, string form, string reason)
    {
        using var answer = await browser.SubmitAsync(form, ("reason", reason));
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
    }
}
