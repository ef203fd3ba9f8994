using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>OAuth clients in the console: registered, changed, archived.</summary>
public sealed class OAuthClientPagesTests : IAsyncLifetime
{
    private const string List = "/console/oauth-clients";
    private const string Loopback = "http://127.0.0.1/callback";
    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Submit_MakeChangeAndArchive_AreDoneAndShown()
    {
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin]);
        (await browser.OpenAsync(List)).ShouldContain("There is no registered client yet.");

        using var made = await browser.SubmitAsync(
            List,
            ("name", "Assistant"),
            ("redirect_uris", $"{Loopback}\r\nhttps://assistant.example/callback\r\n")
        );
        made.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var page = made.Headers.Location!.ToString().Replace("?done", "", StringComparison.Ordinal);
        (await browser.OpenAsync(page)).ShouldContain("bearer tokens are allowed");
        (await GetAsync(page))
            .GetProperty("redirect_uris")
            .ToString()
            .ShouldBe($"""["{Loopback}","https://assistant.example/callback"]""");

        using var saved = await browser.SubmitAsync(
            $"{page}/settings",
            ("name", "Assistant 2"),
            ("redirect_uris", Loopback),
            ("require_dpop", "true")
        );
        saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var client = await GetAsync(page);
        client.Text("name").ShouldBe("Assistant 2");
        client.GetProperty("redirect_uris").ToString().ShouldBe($"""["{Loopback}"]""");
        client.GetProperty("require_dpop").GetBoolean().ShouldBeTrue();

        (await browser.OpenAsync(page)).ShouldContain("name=\"require_dpop\" value=\"true\" checked");
        using var archived = await browser.SubmitAsync($"{page}/archive", ("reason", "not used"));
        archived.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync(page)).ShouldNotContain($"action=\"{page}/");
        (await browser.OpenAsync(List)).ShouldContain(" archived</span>");
    }

    [Theory]
    [InlineData("", Loopback, "name")]
    [InlineData("Assistant", "http://assistant.example/callback", "redirect_uris")]
    [InlineData("Assistant", "", "redirect_uris")]
    public async Task Submit_RefusedClient_ShowsWhy_AndKeepsWhatWasTyped(string name, string uris, string why)
    {
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin]);
        await browser.OpenAsync(List);

        using var refused = await browser.SubmitAsync(
            List,
            ("name", name),
            ("redirect_uris", uris),
            ("require_dpop", "true")
        );

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        WebUtility.HtmlDecode(browser.Page).ShouldContain($"{why}: ");
        browser.Page.ShouldContain($"value=\"{name}\"");
        browser.Page.ShouldContain($">{uris}</textarea>");
        browser.Page.ShouldContain("name=\"require_dpop\" value=\"true\" checked");
    }

    [Fact]
    public async Task Get_AsViewer_HasNoForm()
    {
        var client = await service.Api.PostOkAsync(
            "/v1/oauth/clients",
            $$"""{"name":"Assistant","redirect_uris":["{{Loopback}}"]}"""
        );
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.Viewer]);

        (await browser.OpenAsync(List)).ShouldNotContain("Create client");
        (await browser.OpenAsync($"{List}/{client.Id()}")).ShouldNotContain($"action=\"{List}");
    }

    [Fact]
    public async Task Get_SelfRegisteredClient_ShowsHowItCame_AndCanOnlyBeArchived()
    {
        var organization = (await service.Api.GetOkAsync("/v1/organizations")).GetProperty("data")[0].Id();
        var client = new RegisteredClient
        {
            Id = OAuthClientId.New(),
            OrganizationId = organization,
            Name = "Newcomer of today",
            RedirectUris = [Loopback],
            RegisteredBy = RegisteredBy.Client,
            Stamps = ChangeStamps.Created(service.Time.GetUtcNow(), "ocl_1"),
        };
        await service
            .Get<IJournal>()
            .CommitAsync(
                new Decision { Statements = [service.Get<OAuthClientStore>().Insert(client, most: 1)] },
                TestContext.Current.CancellationToken
            );
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin]);

        (await browser.OpenAsync(List)).ShouldNotContain("Newcomer of today");
        (await browser.OpenAsync($"{List}?registered_by=client")).ShouldContain("Newcomer of today");
        var page = await browser.OpenAsync($"{List}/{client.Id.Value}");

        page.ShouldContain("the program itself, which chose its name");
        page.ShouldContain($"action=\"{List}/{client.Id.Value}/archive\"");
        page.ShouldNotContain($"action=\"{List}/{client.Id.Value}/settings\"");
    }

    [Fact]
    public async Task Get_UnknownClient_IsNotFound()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        using var page = await browser.GetAsync($"{List}/ocl_x");

        page.StatusCode.ShouldBe(HttpStatusCode.NotFound, browser.Page);
    }

    private Task<JsonElement> GetAsync(string page) =>
        service.Api.GetOkAsync($"/v1/oauth/clients/{page.Split('/')[^1]}");
}
