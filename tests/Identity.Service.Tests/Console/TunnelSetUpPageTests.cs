using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>A tunnel from its making to its end in the console: what is next, limits, an agent's file, archiving.</summary>
public sealed class TunnelSetUpPageTests : IAsyncLifetime
{
    private ServiceUnderTest service = null!;
    private string tunnel = "";

    private string Page => $"/console/tunnels/{tunnel}";

    public async ValueTask InitializeAsync()
    {
        service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);
        tunnel = (await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"docs"}""")).Id();
    }

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Get_NewTunnel_SaysWhatIsMissing_AndLeadsThere()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = await browser.OpenAsync(Page);

        page.ShouldContain($"<a href=\"/console/authorities/new?tunnel={tunnel}\">");
        page.ShouldContain("<a href=\"#settings\">");
        page.ShouldContain($"<a href=\"{Page}/agent\">");
        page.ShouldContain("<a href=\"/console/edges\">");
    }

    [Fact]
    public async Task Submit_Settings_ChangesRangesAndLimits_AndAnUntouchedFormChangesNothing()
    {
        await service.Api.PostOkAsync("/v1/client_range_sets/office", """{"ranges":["192.0.2.0/24"]}""");
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        using var saved = await SaveAsync(
            browser,
            ("client_source_ranges", "10.0.0.0/8\r\n198.51.100.0/24"),
            ("client_range_sets", "office"),
            ("agent_source_ranges", "203.0.113.0/24"),
            ("limits.max_connections", "100"),
            ("limits.new_connections", "50/1s"),
            ("limits.bytes_per_second", "65536")
        );
        saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var changed = await GetAsync();
        using var again = await SaveAsync(browser);
        again.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var after = await GetAsync();

        changed.GetProperty("client_source_ranges").ToString().ShouldBe("""["10.0.0.0/8","198.51.100.0/24"]""");
        changed.GetProperty("client_range_sets").ToString().ShouldBe("""["office"]""");
        changed.GetProperty("agent_source_ranges").ToString().ShouldBe("""["203.0.113.0/24"]""");
        changed
            .GetProperty("limits")
            .ToString()
            .ShouldBe(
                """{"max_connections":100,"new_connections":"50/1s","bytes_per_second":65536,"open_streams":null}"""
            );
        foreach (var member in (string[])["display_name", "client_source_ranges", "client_range_sets", "limits"])
        {
            after.GetProperty(member).ToString().ShouldBe(changed.GetProperty(member).ToString(), member);
        }
    }

    [Fact]
    public async Task Submit_EmptiedLimits_AreTheEdgesDefaults()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        using var limited = await SaveAsync(browser, ("limits.open_streams", "10"));

        using var saved = await SaveAsync(browser, ("limits.open_streams", ""));

        saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await GetAsync()).GetProperty("limits").GetProperty("open_streams").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("limits.max_connections", "many", "limits.max_connections: a whole number is required.")]
    [InlineData("limits.max_connections", "0", "limits.max_connections: a number from 1 to 10000000 is required.")]
    [InlineData("limits.new_connections", "fast", "limits.new_connections: a rate such as 500/1s is required.")]
    [InlineData("limits.bytes_per_second", "10", "limits.bytes_per_second: must be 0 (no limit) or at least 1024.")]
    [InlineData("client_source_ranges", "everywhere", "client_source_ranges")]
    [InlineData("client_range_sets", "unknown", "client_range_sets")]
    public async Task Submit_RefusedSettings_ShowWhy_AndKeepWhatWasTyped(string field, string value, string why)
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        using var refused = await SaveAsync(browser, ("display_name", "kept as typed"), (field, value));

        ((int)refused.StatusCode).ShouldBeInRange(400, 499, browser.Page);
        browser.Page.ShouldContain("role=\"alert\"");
        WebUtility.HtmlDecode(browser.Page).ShouldContain(why);
        browser.Page.ShouldContain("value=\"kept as typed\"");
        (await GetAsync()).Text("display_name").ShouldBe("docs");
    }

    [Fact]
    public async Task Submit_Archive_NeedsAReason_AndEndsTheForms()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        (await browser.OpenAsync(Page)).ShouldContain("<summary>Archive…");

        using var refused = await browser.SubmitAsync($"{Page}/archive", ("reason", ""));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        (await GetAsync()).GetProperty("archived_at").ValueKind.ShouldBe(JsonValueKind.Null);
        using var archived = await browser.SubmitAsync($"{Page}/archive", ("reason", "not used any more"));

        archived.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await GetAsync()).GetProperty("archived_at").ValueKind.ShouldBe(JsonValueKind.String);
        var page = await browser.OpenAsync(Page);
        page.ShouldNotContain("Save</button>");
        page.ShouldNotContain($"{Page}/agent\"");
    }

    [Fact]
    public async Task Agent_WithoutARule_OffersToWriteOne_ForThisTunnel()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = await browser.OpenAsync($"{Page}/agent");

        var link = $"/console/rules/new?tunnel={tunnel}&scope=tunnel:agent";
        WebUtility.HtmlDecode(page).ShouldContain($"<a href=\"{link}\">");
        WebUtility.HtmlDecode(page).ShouldContain("tunnel_token: file:tunnel-token");
        page.ShouldContain($"culvert tunnel token reveal {tunnel}");
    }

    [Fact]
    public async Task Agent_ShowsTheFile_WithWhatWasChosen()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = WebUtility.HtmlDecode(
            await browser.OpenAsync(
                $"{Page}/agent?route=wiki&upstream=https://wiki.corp.test:8443/mcp&issuer=https://login.corp.test"
            )
        );

        page.ShouldContain($"id: \"{tunnel}\"");
        page.ShouldContain("\"wiki\":\n    upstream:\n      url: \"https://wiki.corp.test:8443\"\n    oauth:");
        page.ShouldContain("path: \"/mcp\"");
        page.ShouldContain("issuer: \"https://login.corp.test\"");
        page.ShouldNotContain("allowed_ranges");
    }

    // A text of a person stays a text: it cannot add a key to the file, nor markup to the page.
    [Fact]
    public async Task Agent_TextWithQuotesAndMarkup_StaysOneValue()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = await browser.OpenAsync(
            $"{Page}/agent?issuer={Uri.EscapeDataString("x\" # <script>")}&upstream=http://127.0.0.1:1/a"
        );

        page.ShouldNotContain("<script>");
        WebUtility.HtmlDecode(page).ShouldContain("issuer: \"x\\\" # <script>\"");
    }

    [Theory]
    [InlineData("route=Not%20a%20label", "must be 1 to 63 of a-z, 0-9 and -")]
    [InlineData("upstream=ftp://files.test", "must start with http:// or https://")]
    [InlineData("upstream=https://user:word@files.test", "must start with http:// or https://")]
    public async Task Agent_WhatNoAgentServes_ShowsWhy_AndNoFile(string query, string why)
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = await browser.OpenAsync($"{Page}/agent?{query}");

        page.ShouldContain(why);
        page.ShouldNotContain("config_version");
    }

    [Fact]
    public async Task AsViewer_TunnelForms_AreNotShown()
    {
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.Viewer]);

        var page = await browser.OpenAsync(Page);
        page.ShouldNotContain("Save</button>");
        page.ShouldNotContain("Archive…");
        page.ShouldContain("<dt>Clients from</dt><dd>nowhere</dd>");
        page.ShouldNotContain("/console/edges");
        (await browser.OpenAsync($"{Page}/agent")).ShouldContain("Ask a security-admin to write one");
    }

    private async Task<HttpResponseMessage> SaveAsync(ConsoleBrowser browser, params (string, string)[] changes) =>
        await browser.SubmitAsync(
            $"{Page}/settings",
            ConsoleForm.Read(await browser.OpenAsync(Page), $"{Page}/settings", changes)
        );

    private Task<JsonElement> GetAsync() => service.Api.GetOkAsync($"/v1/tunnels/{tunnel}");
}
