using System.Net;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

public sealed class IssuerPageRolesTests : IAsyncLifetime
{
    private const string List = "/console/issuers";
    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task AsViewer_NoFormIsShown_AndASentOneIsRefused()
    {
        var issuer = await service.Api.PostOkAsync(
            "/v1/organizations/federation_issuers",
            """{"name":"ci","issuer_url":"https://ci.example.com"}"""
        );
        var page = $"{List}/{issuer.Id()}";
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.Viewer]);

        (await browser.OpenAsync(List)).ShouldNotContain("Register an issuer");
        (await browser.OpenAsync($"{List}/new")).ShouldNotContain(">Register</button>");
        var shown = await browser.OpenAsync(page);
        shown.ShouldNotContain("Save</button>");
        shown.ShouldNotContain("/kill/issuer\"");
        shown.ShouldNotContain("/archive\"");
        using var refused = await browser.SubmitAsync($"{page}/kill/issuer", ("reason", "mine"));
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, browser.Page);
    }
}
