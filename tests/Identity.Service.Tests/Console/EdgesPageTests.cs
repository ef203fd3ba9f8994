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

        (await browser.OpenAsync(Page)).ShouldContain("<code>culvert edge create</code>");
    }

    [Fact]
    public async Task Get_RegisteredEdge_ShowsWhereItIsDialled_AndThatItHasNotStarted()
    {
        var edge = await CreateAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = await browser.OpenAsync(Page);

        page.ShouldContain("edge-1<br");
        page.ShouldContain($"<code>{edge}</code>");
        page.ShouldContain("<code>edge-1.test:7844</code>");
        page.ShouldContain(" not started</span>");
        page.ShouldContain("not reported");
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
        using var page = await browser.GetAsync(Page);
        page.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<string> CreateAsync() =>
        (await service.Api.PostOkAsync("/v1/edges", """{"name":"edge-1","addresses":["edge-1.test:7844"]}""")).Id();

    private Task<JsonElement> GetAsync(string edge) => service.Api.GetOkAsync($"/v1/edges/{edge}");
}
