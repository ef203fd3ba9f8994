using System.Net;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

public sealed class SearchPageTests : IAsyncLifetime
{
    private const string Page = "/console/search";

    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Get_AnyPage_HasTheSearch()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        foreach (var page in (string[])["/console", "/console/tunnels", "/console/audit", Page])
        {
            (await browser.OpenAsync(page)).ShouldContain($"action=\"{Page}\" class=\"find\" role=\"search\"");
        }
    }

    [Fact]
    public async Task Get_Id_LeadsStraightToThePage()
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"docs"}""");
        var account = await service.Api.PostOkAsync("/v1/organizations/service_accounts", """{"name":"robot"}""");
        var client = await service.Api.PostOkAsync(
            "/v1/oauth/clients",
            """{"name":"Assistant","redirect_uris":["http://127.0.0.1/callback"]}"""
        );
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        await ShouldLeadAsync(client.Id(), $"/console/oauth-clients/{client.Id()}");
        await ShouldLeadAsync(tunnel.Id(), $"/console/tunnels/{tunnel.Id()}");
        await ShouldLeadAsync($" {account.Id()} ", $"/console/service-accounts/{account.Id()}");

        async Task ShouldLeadAsync(string text, string path)
        {
            using var answer = await browser.GetAsync($"{Page}?q={Uri.EscapeDataString(text)}");
            answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
            answer.Headers.Location!.ToString().ShouldBe(path);
        }
    }

    [Fact]
    public async Task Get_RequestIdOfAChange_LeadsToItsAudit()
    {
        using var made = await service.Api.PostAsync("/v1/tunnels", "{}");
        var request = made.Headers.GetValues("request-id").Single();
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        using var answer = await browser.GetAsync($"{Page}?q={request}");

        answer.Headers.Location!.ToString().ShouldBe($"/console/audit?request_id={request}");
        (await browser.OpenAsync(answer.Headers.Location!.ToString())).ShouldContain("tunnel created");
    }

    // A name never leads to a page, not even if one object alone has it: what is typed may be a part of another name.
    [Fact]
    public async Task Get_Name_ListsWhatHasIt_Encoded()
    {
        await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"<b>docs</b>"}""");
        await service.Api.PostOkAsync("/v1/organizations/service_accounts", """{"name":"docs-agents"}""");
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = await browser.OpenAsync($"{Page}?q=DOCS");

        page.ShouldContain("&lt;b&gt;docs&lt;/b&gt;");
        page.ShouldContain(">docs-agents</a>");
        page.ShouldContain("<td>service account</td>");
        page.ShouldContain("value=\"DOCS\"");
        (await browser.OpenAsync($"{Page}?q=%3Cb%3E")).ShouldNotContain("value=\"<b>\"");
        (await browser.OpenAsync($"{Page}?q=nothing-like-it")).ShouldContain("Nothing that you may read has it");
    }

    [Fact]
    public async Task Get_MoreThanTen_LinksToTheRestOfTheKind()
    {
        for (var i = 0; i < 11; i++)
        {
            await service.Api.PostOkAsync("/v1/organizations/service_accounts", $$"""{"name":"build-{{i}}"}""");
        }

        using var browser = await ConsoleBrowser.SignedInAsync(service);
        var page = await browser.OpenAsync($"{Page}?q=build");
        page.ShouldNotContain(">build-0</a>");
        page.ShouldContain($"{Page}?q=build&amp;type=service_account");

        var all = await browser.OpenAsync($"{Page}?q=build&type=service_account");

        all.ShouldContain(">build-0</a>");
        all.ShouldNotContain("More of the kind");
    }

    [Fact]
    public async Task Get_TooLongText_ShowsWhy()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        using var answer = await browser.GetAsync($"{Page}?q={new string('a', 257)}");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        browser.Page.ShouldContain("q: 1 to 256 characters are required.");
    }

    [Fact]
    public async Task Get_AsViewer_FindsWhatAViewerMayRead()
    {
        var hook = await service.Api.PostOkAsync("/v1/webhooks", """{"url":"https://hooks.test/x"}""");
        using var viewer = await ConsolePersons.SignedInAsync(service, [RoleName.Viewer]);
        using var auditor = await ConsolePersons.SignedInAsync(service, [RoleName.Auditor], "grace");

        (await viewer.OpenAsync($"{Page}?q={hook.Id()}")).ShouldContain("Nothing that you may read has it");
        using var led = await auditor.GetAsync($"{Page}?q={hook.Id()}");
        led.Headers.Location!.ToString().ShouldBe($"/console/webhooks/{hook.Id()}");
    }

    [Fact]
    public async Task Get_Audit_LeadsFromAnEntryToWhatItConcerns()
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"docs"}""");
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        (await browser.OpenAsync("/console/audit")).ShouldContain($"<a href=\"{Page}?q={tunnel.Id()}\">");
    }
}
