using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>Organizations in the console: the installation's, so for sessions of an installation-operator's key alone.</summary>
public sealed class OrganizationsPageTests : IAsyncLifetime
{
    private const string Page = "/console/organizations";

    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Submit_NewOrganization_IsMade_AndSaysHowToGetItsFirstKey()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        (await browser.OpenAsync(Page)).ShouldContain("(of this session)");

        using var made = await browser.SubmitAsync(Page, ("name", "Branch"));

        made.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        var id = (await FindAsync("Branch")).Id();
        browser.Page.ShouldContain($"--role security-admin --organization {id} --out FILE");
        browser.Page.ShouldContain($"<code class=\"id\" title=\"{id}\">{id}</code>");
        browser.Page.ShouldNotContain("value=\"Branch\"");
    }

    [Theory]
    [InlineData("Branch", HttpStatusCode.Conflict, "organization.name_taken")]
    [InlineData("", HttpStatusCode.BadRequest, "request.invalid")]
    public async Task Submit_RefusedOrganization_ShowsWhy(string name, HttpStatusCode status, string code)
    {
        await service.Api.PostOkAsync("/v1/organizations", """{"name":"Branch"}""");
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(Page);

        using var refused = await browser.SubmitAsync(Page, ("name", name));

        refused.StatusCode.ShouldBe(status, browser.Page);
        browser.Page.ShouldContain(code);
    }

    [Fact]
    public async Task Submit_Archive_TakesASecondStep_AndEndsTheForm()
    {
        var id = (await service.Api.PostOkAsync("/v1/organizations", """{"name":"Branch"}""")).Id();
        var own = (await service.Api.GetOkAsync("/v1/organizations/current")).Id();
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        var page = await browser.OpenAsync(Page);
        page.ShouldContain("<summary>Archive…");
        page.ShouldNotContain($"action=\"{Page}/{own}/archive\"");

        using var archived = await browser.SubmitAsync($"{Page}/{id}/archive");

        archived.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await FindAsync("Branch")).GetProperty("archived_at").ValueKind.ShouldBe(JsonValueKind.String);
        (await browser.OpenAsync(Page)).ShouldNotContain($"action=\"{Page}/{id}/archive\"");
        using var refused = await browser.SubmitAsync($"{Page}/{own}/archive");
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict, browser.Page);
        browser.Page.ShouldContain("organization.own");
    }

    [Fact]
    public async Task AsPerson_OrganizationsAreNotOffered_AndFormsAreRefused()
    {
        var id = (await service.Api.PostOkAsync("/v1/organizations", """{"name":"Far branch"}""")).Id();
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin]);
        (await browser.OpenAsync("/console")).ShouldNotContain($"href=\"{Page}\"");

        // The API shows each person the own organization, and so does the page.
        (await browser.OpenAsync(Page)).ShouldNotContain("Far branch");
        browser.Page.ShouldNotContain("New organization");
        using var made = await browser.SubmitAsync(Page, ("name", "Mine"));
        made.StatusCode.ShouldBe(HttpStatusCode.Forbidden, browser.Page);
        using var archived = await browser.SubmitAsync($"{Page}/{id}/archive");
        archived.StatusCode.ShouldBe(HttpStatusCode.Forbidden, browser.Page);
        (await FindAsync("Far branch")).GetProperty("archived_at").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    private async Task<JsonElement> FindAsync(string name) =>
        (await service.Api.GetOkAsync("/v1/organizations"))
            .GetProperty("data")
            .EnumerateArray()
            .Single(organization => organization.Text("name") == name);
}
