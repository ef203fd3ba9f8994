using System.Net;
using Culvert.Identity.Service.Console.Filters;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>Filters of lists that a person keeps under a name.</summary>
public sealed class SavedFilterTests : IAsyncLifetime
{
    private const string Page = "/console/audit";
    private const string Keep = $"{Page}/filters";
    private const string Forget = $"{Keep}/forget";
    private const string Filter = "event=tunnel_*&outcome=success";
    private const string Stored = "event=tunnel_%2A&outcome=success";

    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Theory]
    [InlineData("certificates", "status=revoked")]
    [InlineData("history", "decision=denied")]
    [InlineData("audit", "outcome=denied")]
    [InlineData("inventory", "route=docs")]
    [InlineData("approvals", "tunnel_id=tnl_x")]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Keep_EachList_LinksToIt_UntilItIsForgotten(string list, string filter)
    {
        var path = $"/console/{list}";
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin]);
        (await browser.OpenAsync(path)).ShouldNotContain("Name of this filter");
        (await browser.OpenAsync($"{path}?{filter}")).ShouldContain($"action=\"{path}/filters?{filter}\"");

        using var kept = await browser.SubmitAsync($"{path}/filters?{filter}", ("name", " mine "));

        kept.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        kept.Headers.Location!.ToString().ShouldBe($"{path}?{filter}");
        (await browser.OpenAsync($"{path}?{filter}")).ShouldNotContain("Name of this filter");
        var page = await browser.OpenAsync(list == "approvals" ? $"{path}?tunnel_id=x" : path);
        page.ShouldContain($"<a href=\"{path}?{filter}\">mine</a>");

        using var forgotten = await browser.SubmitAsync($"{path}/filters/forget", ("name", "mine"));

        forgotten.Headers.Location!.ToString().ShouldBe(path);
        (await browser.OpenAsync(path)).ShouldNotContain(">mine</a>");
    }

    // Only the filter: no page of the list, and nothing that the list does not know.
    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Keep_WhatIsNoFilter_IsLeftOut()
    {
        using var browser = await SignedInAsync("ada");

        using var kept = await browser.SubmitAsync($"{Keep}?{Filter}&page=abc&done&x=%22%3E", ("name", "tunnels"));

        kept.Headers.Location!.ToString().ShouldBe($"{Page}?{Stored}");
        (await browser.OpenAsync(Page)).ShouldContain($"<a href=\"{Page}?{Stored.Replace("&", "&amp;")}\">tunnels</a>");
    }

    [Fact]
    public async Task Keep_TheSameName_ReplacesIt()
    {
        using var browser = await SignedInAsync("ada");
        using var first = await browser.SubmitAsync($"{Keep}?event=tunnel_created", ("name", "mine"));
        await browser.OpenAsync(Page);

        using var second = await browser.SubmitAsync($"{Keep}?event=tunnel_paused", ("name", "mine"));

        var page = await browser.OpenAsync(Page);
        page.ShouldContain($"<a href=\"{Page}?event=tunnel_paused\">mine</a>");
        page.ShouldNotContain("tunnel_created\">mine");
    }

    [Fact]
    public async Task Keep_IsForThatPersonAndThatListAlone()
    {
        using var ada = await SignedInAsync("ada");
        using var kept = await ada.SubmitAsync($"{Keep}?{Filter}", ("name", "mine"));
        using var grace = await SignedInAsync("grace");

        grace.Page.ShouldNotContain(">mine</a>");
        using var forgotten = await grace.SubmitAsync(Forget, ("name", "mine"));
        (await ada.OpenAsync("/console/history")).ShouldNotContain(">mine</a>");
        (await ada.OpenAsync(Page)).ShouldContain(">mine</a>");
        using var keyed = await ConsoleBrowser.SignedInAsync(service);
        (await keyed.OpenAsync(Page)).ShouldNotContain(">mine</a>");
    }

    [Fact]
    public async Task Keep_OneMoreThanAllowed_IsRefused_AndKeepsWhatWasTyped()
    {
        using var browser = await SignedInAsync("ada");
        for (var i = 0; i < SavedFilterStore.MaxFilters; i++)
        {
            using var kept = await browser.SubmitAsync($"{Keep}?actor=e{i}", ("name", $"f{i}"));
            kept.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
            await browser.OpenAsync(Page);
        }

        using var refused = await browser.SubmitAsync($"{Keep}?actor=other", ("name", "one more"));

        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        browser.Page.ShouldContain("console.filters");
        browser.Page.ShouldContain("value=\"one more\"");
        browser.Page.ShouldContain($"action=\"{Keep}?actor=other\"");
        using var replaced = await browser.SubmitAsync($"{Keep}?actor=other", ("name", "f0"));
        replaced.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        using var elsewhere = await browser.SubmitWithAsync(
            "/console/history/filters?decision=denied",
            ConsoleBrowser.TokenOf(await browser.OpenAsync(Page)),
            ("name", "one more")
        );
        elsewhere.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
    }

    [Theory]
    [InlineData("", "event=x", "name: 1 to 64 printable characters are required.")]
    [InlineData("a\u0007b", "event=x", "name: 1 to 64 printable characters are required.")]
    [InlineData("mine", "", "The list has no filter")]
    [InlineData("mine", "page=abc", "The list has no filter")]
    public async Task Keep_BadNameOrNoFilter_IsRefused(string name, string filter, string why)
    {
        using var browser = await SignedInAsync("ada");

        using var refused = await browser.SubmitAsync($"{Keep}?{filter}", ("name", name));

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        browser.Page.ShouldContain(why);
        browser.Page.ShouldContain("request.invalid");
    }

    [Theory]
    [InlineData(SavedFilters.MaxName, SavedFilters.MaxQuery, HttpStatusCode.SeeOther)]
    [InlineData(SavedFilters.MaxName + 1, SavedFilters.MaxQuery, HttpStatusCode.BadRequest)]
    [InlineData(SavedFilters.MaxName, SavedFilters.MaxQuery + 1, HttpStatusCode.BadRequest)]
    public async Task Keep_LongestNameAndFilter_AreTaken_AndNoLonger(int name, int filter, HttpStatusCode status)
    {
        using var browser = await SignedInAsync("ada");
        var query = $"actor={new string('a', 1000)}&subject=";

        using var answer = await browser.SubmitAsync(
            $"{Keep}?{query}{new string('b', filter - query.Length)}",
            ("name", new string('n', name))
        );

        answer.StatusCode.ShouldBe(status, browser.Page);
    }

    [Fact]
    public async Task Keep_WithoutTheTokenOfThePage_IsRefused()
    {
        using var browser = await SignedInAsync("ada");

        foreach (var path in (string[])[$"{Keep}?{Filter}", Forget])
        {
            using var refused = await browser.SubmitWithAsync(path, "x", ("name", "mine"));
            refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            browser.Page.ShouldContain("console.form");
        }
    }

    // Who may not read the list keeps no filter of it.
    [Fact]
    public async Task Keep_WithoutTheRightToTheList_IsRefused()
    {
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.Viewer]);
        var token = ConsoleBrowser.TokenOf(await browser.OpenAsync("/console"));

        using var refused = await browser.SubmitWithAsync(
            "/console/approvals/filters?tunnel_id=x",
            token,
            ("name", "mine")
        );

        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        browser.Page.ShouldContain("console.role");
    }

    [Fact]
    public async Task Archive_OfTheOrganization_ForgetsItsFilters()
    {
        var other = await service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await service.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{other.Id()}}"}"""
        );
        using var browser = await ConsoleBrowser.SignedInAsync(service, key.Text("admin_key"));
        await browser.OpenAsync(Page);
        using var kept = await browser.SubmitAsync($"{Keep}?{Filter}", ("name", "mine"));
        (await CountAsync()).ShouldBe(1);

        await service.Api.PostOkAsync($"/v1/organizations/{other.Id()}/archive");

        (await CountAsync()).ShouldBe(0);
    }

    private ValueTask<long> CountAsync() =>
        service
            .Get<Database>()
            .SingleAsync<long>("SELECT COUNT(*) FROM console_filters", TestContext.Current.CancellationToken);

    private async Task<ConsoleBrowser> SignedInAsync(string subject)
    {
        var browser = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin], subject);
        await browser.OpenAsync(Page);
        return browser;
    }
}
