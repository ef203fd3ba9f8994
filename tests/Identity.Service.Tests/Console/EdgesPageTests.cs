using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>Edges in the console: the installation's, so for sessions of an installation-operator's key alone.</summary>
public sealed class EdgesPageTests : IAsyncLifetime
{
    private const string Page = "/console/edges";

    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Get_NoEdge_SaysWhatIsNext()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        (await browser.OpenAsync(Page)).ShouldContain("Register one below");
    }

    [Fact]
    public async Task Get_RegisteredEdge_ShowsWhereItIsDialled_AndThatItHasNotStarted()
    {
        var edge = await CreateAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = await browser.OpenAsync(Page);

        page.ShouldContain($"<a href=\"{Page}/{edge}\">edge-1</a><br");
        page.ShouldContain($"title=\"{edge}\">{edge}</code>");
        page.ShouldContain("<code>edge-1.test:7844</code>");
        page.ShouldContain(" not started</span>");
        page.ShouldContain("not reported");
    }

    [Fact]
    public async Task Submit_NewEdge_IsRegistered_AndLeadsToItsPage()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(Page);

        using var made = await browser.SubmitAsync(
            Page,
            ("name", "edge-2"),
            ("addresses", "edge-2.test:7844\r\nedge-2b.test:7844\r\n"),
            ("dns_names", "edge-2.test")
        );

        made.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var edge = (await service.Api.GetOkAsync("/v1/edges")).GetProperty("data")[0];
        made.Headers.Location!.ToString().ShouldBe($"{Page}/{edge.Id()}?done");
        edge.Text("name").ShouldBe("edge-2");
        edge.GetProperty("addresses").ToString().ShouldBe("""["edge-2.test:7844","edge-2b.test:7844"]""");
        edge.GetProperty("dns_names").ToString().ShouldBe("""["edge-2.test"]""");
        (await browser.OpenAsync($"{Page}/{edge.Id()}")).ShouldContain("<code>edge-2b.test:7844</code>");
    }

    [Theory]
    [InlineData("edge-1", "edge-9.test:7844", "", HttpStatusCode.Conflict, "edge.name_taken")]
    [InlineData("Edge 9", "edge-9.test:7844", "", HttpStatusCode.BadRequest, "name: 1 to 255 of a-z")]
    [InlineData("edge-9", "", "", HttpStatusCode.BadRequest, "addresses: 1 to 8 different host:port")]
    [InlineData("edge-9", "edge-9.test", "", HttpStatusCode.BadRequest, "addresses: 1 to 8 different host:port")]
    [InlineData("edge-9", "edge-9.test:7844", "*.test", HttpStatusCode.BadRequest, "dns_names: at most 16")]
    public async Task Submit_RefusedEdge_ShowsWhy_AndKeepsWhatWasTyped(
        string name,
        string addresses,
        string dnsNames,
        HttpStatusCode status,
        string why
    )
    {
        await CreateAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(Page);

        using var refused = await browser.SubmitAsync(
            Page,
            ("name", name),
            ("addresses", addresses),
            ("dns_names", dnsNames)
        );

        refused.StatusCode.ShouldBe(status, browser.Page);
        WebUtility.HtmlDecode(browser.Page).ShouldContain(why);
        browser.Page.ShouldContain($"value=\"{name}\"");
        (await service.Api.GetOkAsync("/v1/edges")).GetProperty("data").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Edge_WithoutARule_OffersToWriteOne_ForThisEdge()
    {
        var edge = await CreateAsync();
        await RegisterRuleAsync("workspace:developer", edge: null);
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = WebUtility.HtmlDecode(await browser.OpenAsync($"{Page}/{edge}"));

        page.ShouldContain($"<a href=\"/console/rules/new?edge={edge}&scope=edge:serve\">");
        page.ShouldNotContain("config_version");
        var form = await browser.OpenAsync($"/console/rules/new?edge={edge}&scope=edge:serve");
        form.ShouldContain($">{edge}</textarea>");
        form.ShouldContain("value=\"edge:serve\"");
    }

    [Fact]
    public async Task Edge_WithARule_ShowsItsFileAndTheCommands()
    {
        var edge = await CreateAsync();
        var rule = await RegisterRuleAsync("edge:serve", edge);
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = WebUtility.HtmlDecode(
            await browser.OpenAsync($"{Page}/{edge}?port=8443&token_file={Uri.EscapeDataString("x\" # <script>")}")
        );

        page.ShouldContain($"edge_id: \"{edge}\"");
        page.ShouldContain($"rule_id: \"{rule}\"");
        page.ShouldContain("sni:\n  public_port: 8443");
        // A text of a person stays a text.
        page.ShouldContain("    file: \"x\\\" # <script>\"");
        browser.Page.ShouldNotContain("<script>");
        page.ShouldContain("/v1/platform_ca");
        page.ShouldContain("systemctl enable --now culvert-edge");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("https")]
    public async Task Edge_PortThatIsNone_ShowsWhy_AndNoFile(string port)
    {
        var edge = await CreateAsync();
        await RegisterRuleAsync("edge:serve", edge);
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = await browser.OpenAsync($"{Page}/{edge}?port={port}");

        page.ShouldContain("The port must be a number from 1 to 65535.");
        page.ShouldNotContain("config_version");
    }

    [Fact]
    public async Task Edge_Archived_ShowsNoFile_AndUnknownIsNotFound()
    {
        var edge = await CreateAsync();
        await RegisterRuleAsync("edge:serve", edge);
        await service.Api.PostOkAsync($"/v1/edges/{edge}/archive", """{"reason":"gone"}""");
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = await browser.OpenAsync($"{Page}/{edge}");
        page.ShouldContain("The edge is archived");
        page.ShouldNotContain("config_version");
        using var unknown = await browser.GetAsync($"{Page}/edge_x");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound, browser.Page);
    }

    [Fact]
    public async Task Submit_Pins_AreSetAndRemoved_AndTheEdgesPageShowsThem()
    {
        var edge = await CreateAsync();
        var tunnel = (await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"docs"}""")).Id();
        var form = $"/console/tunnels/{tunnel}/edges";
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        using var pinned = await browser.SubmitAsync(form, await PinsAsync(browser, tunnel, ("edge_ids", edge)));
        pinned.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await EdgesOfAsync(tunnel)).ShouldBe($"[\"{edge}\"]");
        (await browser.OpenAsync($"/console/tunnels/{tunnel}")).ShouldContain("<td>pinned</td>");
        (await browser.OpenAsync($"{Page}/{edge}")).ShouldContain("<td>pinned</td>");

        // Other settings leave the pins as they are.
        using var renamed = await browser.SubmitAsync(
            $"/console/tunnels/{tunnel}/settings",
            ConsoleForm.Read(
                await browser.OpenAsync($"/console/tunnels/{tunnel}"),
                $"/console/tunnels/{tunnel}/settings",
                ("display_name", "documents")
            )
        );
        renamed.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await EdgesOfAsync(tunnel)).ShouldBe($"[\"{edge}\"]");

        var unpinned = (await PinsAsync(browser, tunnel)).Where(field => field.Name != "edge_ids");
        using var removed = await browser.SubmitAsync(form, [.. unpinned]);
        removed.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await EdgesOfAsync(tunnel)).ShouldBe("[]");
    }

    [Fact]
    public async Task Submit_PinToAnArchivedEdge_IsRefused()
    {
        var edge = await CreateAsync();
        var tunnel = (await service.Api.PostOkAsync("/v1/tunnels")).Id();
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        var fields = await PinsAsync(browser, tunnel, ("edge_ids", edge));
        await service.Api.PostOkAsync($"/v1/edges/{edge}/archive", """{"reason":"gone"}""");

        using var refused = await browser.SubmitAsync($"/console/tunnels/{tunnel}/edges", fields);

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("edge.unknown");
    }

    [Fact]
    public async Task Submit_DrainResumeArchive_NeedReasons_AndAreDone()
    {
        var edge = await CreateAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(Page);

        using var refused = await browser.SubmitAsync($"{Page}/{edge}/drain", ("reason", ""));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        using var drained = await browser.SubmitAsync($"{Page}/{edge}/drain", ("reason", "new kernel"));
        drained.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await GetAsync(edge)).GetProperty("draining_at").ValueKind.ShouldBe(JsonValueKind.String);
        (await browser.OpenAsync(Page)).ShouldContain(" draining</span>");

        using var resumed = await browser.SubmitAsync($"{Page}/{edge}/resume", ("reason", ""));
        resumed.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await GetAsync(edge)).GetProperty("draining_at").ValueKind.ShouldBe(JsonValueKind.Null);

        await browser.OpenAsync(Page);
        using var careless = await browser.SubmitAsync($"{Page}/{edge}/archive", ("reason", ""));
        careless.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        using var archived = await browser.SubmitAsync($"{Page}/{edge}/archive", ("reason", "gone"));
        archived.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var page = await browser.OpenAsync(Page);
        page.ShouldContain(" archived</span>");
        page.ShouldNotContain($"action=\"{Page}/{edge}/");
    }

    [Fact]
    public async Task AsPerson_EdgesAreNotShown_AndFormsAreRefused()
    {
        var edge = await CreateAsync();
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin]);
        (await browser.OpenAsync("/console")).ShouldNotContain($"href=\"{Page}\"");

        using var refused = await browser.SubmitAsync($"{Page}/{edge}/drain", ("reason", "mine"));
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, browser.Page);
        using var made = await browser.SubmitAsync(Page, ("name", "edge-2"), ("addresses", "edge-2.test:7844"));
        made.StatusCode.ShouldBe(HttpStatusCode.Forbidden, browser.Page);
        browser.Page.ShouldContain("console.role");
        using var page = await browser.GetAsync(Page);
        page.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var own = await browser.GetAsync($"{Page}/{edge}");
        own.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    // An operator may pin, but does not see the installation's edges: those that serve the tunnel are offered.
    [Fact]
    public async Task AsOperator_PinsAreAmongTheEdgesThatServeTheTunnel()
    {
        var edge = await CreateAsync();
        var tunnel = (await service.Api.PostOkAsync("/v1/tunnels")).Id();
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.Operator]);

        using var pinned = await browser.SubmitAsync(
            $"/console/tunnels/{tunnel}/edges",
            await PinsAsync(browser, tunnel, ("edge_ids", edge))
        );

        pinned.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await EdgesOfAsync(tunnel)).ShouldBe($"[\"{edge}\"]");
        using var viewer = await ConsolePersons.SignedInAsync(service, [RoleName.Viewer], "grace");
        (await viewer.OpenAsync($"/console/tunnels/{tunnel}")).ShouldNotContain("Choose its edges");
    }

    private static async Task<(string Name, string Value)[]> PinsAsync(
        ConsoleBrowser browser,
        string tunnel,
        params (string, string)[] changes
    ) =>
        ConsoleForm.Read(
            await browser.OpenAsync($"/console/tunnels/{tunnel}"),
            $"/console/tunnels/{tunnel}/edges",
            changes
        );

    private async Task<string> EdgesOfAsync(string tunnel) =>
        (await service.Api.GetOkAsync($"/v1/tunnels/{tunnel}")).GetProperty("edge_ids").ToString();

    private async Task<string> RegisterRuleAsync(string scope, string? edge)
    {
        var account = await service.Api.PostOkAsync(
            "/v1/organizations/service_accounts",
            """{"name":"edges","organization_role":"developer"}"""
        );
        var issuer = await service.Api.PostOkAsync(
            "/v1/organizations/federation_issuers",
            """{"name":"machines","issuer_url":"https://machines.test","jwks":{"type":"discovery"}}"""
        );
        var workspaces = await service.Api.GetOkAsync("/v1/organizations/workspaces");
        var rule = await service.Api.PostOkAsync(
            "/v1/organizations/federation_rules",
            $$"""
            {"name":"edges","issuer_id":"{{issuer.Id()}}","match":{"subject_prefix":"edge-1"},
             "target":{"type":"service_account","service_account_id":"{{account.Id()}}"},"oauth_scope":"{{scope}}",
             "edge_ids":{{(edge is null ? "[]" : $"[\"{edge}\"]")}},
             "workspace_id":"{{workspaces.GetProperty("data")[0].Id()}}"}
            """
        );
        return rule.Id();
    }

    private async Task<string> CreateAsync() =>
        (await service.Api.PostOkAsync("/v1/edges", """{"name":"edge-1","addresses":["edge-1.test:7844"]}""")).Id();

    private Task<JsonElement> GetAsync(string edge) => service.Api.GetOkAsync($"/v1/edges/{edge}");
}
