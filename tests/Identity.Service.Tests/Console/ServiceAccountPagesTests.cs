using System.Net;
using Culvert.Identity.Service.Console.Access;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

public sealed class ServiceAccountPagesTests : IAsyncLifetime
{
    private const string List = "/console/service-accounts";
    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Submit_MakeChangeAndArchive_AreDoneAndShown()
    {
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin]);
        await browser.OpenAsync(List);

        using var made = await browser.SubmitAsync(List, ("name", "ci"), ("description", "of the builds"));
        made.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var page = made.Headers.Location!.ToString().Replace("?done", "", StringComparison.Ordinal);
        (await browser.OpenAsync(page)).ShouldContain("of the builds");

        using var saved = await browser.SubmitAsync($"{page}/settings", ("description", ""));
        saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var account = await service.Api.GetOkAsync("/v1/organizations/service_accounts/" + page.Split('/')[^1]);
        account.Text("description").ShouldBe("");
        account.Text("organization_role").ShouldBe("developer");

        await browser.OpenAsync(page);
        using var archived = await browser.SubmitAsync($"{page}/archive", ("reason", "not used"));
        archived.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync(page)).ShouldNotContain("Save</button>");
        (await browser.OpenAsync(List)).ShouldContain("archived");
    }

    [Fact] // the other form of the page would be saved empty
    public async Task Submit_ArchiveWithoutAReason_IsRefused_AndTheSettingsStay()
    {
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin]);
        await browser.OpenAsync(List);
        using var made = await browser.SubmitAsync(List, ("name", "ci"), ("description", "of the builds"));
        var page = made.Headers.Location!.ToString().Replace("?done", "", StringComparison.Ordinal);
        await browser.OpenAsync(page);

        using var answer = await browser.SubmitAsync($"{page}/archive", ("reason", ""));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("value=\"of the builds\"");
        browser.Page.ShouldContain("<option value=\"developer\" selected");
    }

    [Fact]
    public async Task Submit_AdminByAPersonOfTheProvider_IsRefusedAsTheApiDoes()
    {
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin]);
        await browser.OpenAsync(List);

        using var answer = await browser.SubmitAsync(List, ("name", "boss"), ("organization_role", "admin"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, browser.Page);
        browser.Page.ShouldContain("scope_not_grantable");
        browser.Page.ShouldContain("<option value=\"admin\" selected");
    }

    [Fact]
    public async Task Get_AsViewer_HasNoForm()
    {
        var account = await service.Api.PostOkAsync("/v1/organizations/service_accounts", """{"name":"ci"}""");
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.Viewer]);

        (await browser.OpenAsync(List)).ShouldNotContain(">Create</button>");
        var page = await browser.OpenAsync($"{List}/{account.Id()}");
        page.ShouldNotContain("Save</button>");
        page.ShouldNotContain("Archive</button>");
    }
}
