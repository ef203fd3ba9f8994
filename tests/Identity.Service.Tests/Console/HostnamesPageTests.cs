using System.Net;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class HostnamesPageTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Name = "mcp.corp.internal";
    private readonly ServiceUnderTest service = fixture.Service;

    [Fact]
    public async Task Submit_ClaimLookAndGiveUp_AreDoneAndShown()
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"docs"}""");
        var page = $"/console/tunnels/{tunnel.Id()}/hostnames";
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        (await browser.OpenAsync($"/console/tunnels/{tunnel.Id()}")).ShouldContain($"href=\"{page}\"");
        (await browser.OpenAsync(page)).ShouldContain("It has only its own domain.");

        using var claimed = await browser.SubmitAsync(page, ("name", Name));
        claimed.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        claimed.Headers.Location!.ToString().ShouldBe(page + "?done");
        var shown = await browser.OpenAsync(page);
        shown.ShouldContain($"{Name}. 300 IN CNAME {tunnel.Text("domain")}.");
        shown.ShouldContain($"_culvert.{Name}. 300 IN TXT &quot;culvert-hostname=");
        shown.ShouldContain("not checked yet");

        using var removed = await browser.SubmitAsync($"{page}/{Name}/remove");
        removed.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await service.Api.GetOkAsync($"/v1/tunnels/{tunnel.Id()}/hostnames"))
            .GetProperty("data")
            .GetArrayLength()
            .ShouldBe(0);
    }

    [Fact]
    public async Task Submit_NameThatIsNone_ShowsTheReasonAndWhatWasTyped()
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", "{}");
        var page = $"/console/tunnels/{tunnel.Id()}/hostnames";
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(page);

        using var answer = await browser.SubmitAsync(page, ("name", "not a name"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("hostname.name");
        browser.Page.ShouldContain("value=\"not a name\"");
    }

    [Fact]
    public async Task Submit_UnknownName_IsNotFound()
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", "{}");
        var page = $"/console/tunnels/{tunnel.Id()}/hostnames";
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(page);

        using var answer = await browser.SubmitAsync($"{page}/{Name}/check");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, browser.Page);
        browser.Page.ShouldContain("request.not_found");
    }
}
