using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>Whose certificates bring clients in, on the page of a tunnel's clients.</summary>
public sealed class ClientAuthoritiesPageTests : IAsyncLifetime
{
    private ServiceUnderTest service = null!;
    private string tunnel = "";

    private string Page => $"/console/tunnels/{tunnel}/clients";

    private string Api => $"/v1/tunnels/{tunnel}/client_certificate_authorities";

    public async ValueTask InitializeAsync()
    {
        service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);
        tunnel = (await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"docs"}""")).Id();
    }

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Submit_NewAuthority_IsAdded_ShownAndRemoved()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        (await browser.OpenAsync(Page)).ShouldContain("no client can connect with a certificate");

        using var added = await browser.SubmitAsync(
            Page,
            ("ca_certificate_pem", TestCertificates.Authority().ReplaceLineEndings("\r\n")),
            ("identities", "dns:*.clients.example.com\r\nemail:ada@example.com\r\n")
        );
        added.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var authority = (await service.Api.GetOkAsync(Api)).GetProperty("data")[0];
        authority
            .GetProperty("identities")
            .ToString()
            .ShouldBe("""["dns:*.clients.example.com","email:ada@example.com"]""");
        var page = await browser.OpenAsync(Page);
        page.ShouldContain("dns:*.clients.example.com</code>");
        page.ShouldContain(authority.Text("fingerprint"));
        (await browser.OpenAsync($"/console/tunnels/{tunnel}")).ShouldContain($"<a href=\"{Page}\">of 1 authority</a>");
        await browser.OpenAsync(Page);

        using var careless = await browser.SubmitAsync($"{Page}/{authority.Id()}/archive", ("reason", ""));
        careless.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        (await service.Api.GetOkAsync(Api)).GetProperty("data").GetArrayLength().ShouldBe(1);
        using var removed = await browser.SubmitAsync($"{Page}/{authority.Id()}/archive", ("reason", "left"));
        removed.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);

        (await service.Api.GetOkAsync(Api)).GetProperty("data").GetArrayLength().ShouldBe(0);
        page = await browser.OpenAsync(Page);
        page.ShouldContain(" archived</span>");
        page.ShouldNotContain($"action=\"{Page}/");
    }

    [Theory]
    [InlineData("nonsense", "dns:a.example.com", "client_authority.certificate")]
    [InlineData("", "cn:client", "client_authority.identities")]
    [InlineData("", "", "client_authority.identities")]
    public async Task Submit_RefusedAuthority_ShowsWhy_AndKeepsWhatWasTyped(string pem, string identities, string code)
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(Page);

        using var refused = await browser.SubmitAsync(
            Page,
            ("ca_certificate_pem", pem.Length == 0 ? TestCertificates.Authority() : pem),
            ("identities", identities)
        );

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain(code);
        browser.Page.ShouldContain(pem.Length == 0 ? "BEGIN CERTIFICATE" : ">nonsense</textarea>");
        browser.Page.ShouldContain($">{identities}</textarea>");
    }

    [Fact]
    public async Task Submit_PrivateKey_IsRefused_AndNeverShownAgain()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportPkcs8PrivateKeyPem();
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync(Page);

        using var refused = await browser.SubmitAsync(
            Page,
            ("ca_certificate_pem", TestCertificates.Authority() + pem),
            ("identities", "dns:a.example.com")
        );

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("ca.secret_in_input");
        browser.Page.ShouldNotContain("PRIVATE KEY--");
        browser.Page.ShouldNotContain(pem.Split('\n')[1]);
        browser.Page.ShouldContain(">dns:a.example.com</textarea>");
    }

    [Fact]
    public async Task Get_ArchivedTunnel_HasNoForm_AndUnknownIsNotFound()
    {
        await service.Api.PostOkAsync($"/v1/tunnels/{tunnel}/archive");
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        (await browser.OpenAsync(Page)).ShouldNotContain("Add an authority");
        using var unknown = await browser.GetAsync("/console/tunnels/tnl_x/clients");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound, browser.Page);
    }

    // The same rights as those of the API: operators run tunnels, security-admins say who is trusted.
    [Fact]
    public async Task AsPerson_FormsGoByRole()
    {
        var authority = (
            await service.Api.PostOkAsync(
                Api,
                JsonSerializer.Serialize(
                    new
                    {
                        ca_certificate_pem = TestCertificates.Authority(),
                        identities = new[] { "dns:a.example.com" },
                    }
                )
            )
        ).Id();
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.Operator]);

        var page = await browser.OpenAsync(Page);
        page.ShouldContain("dns:a.example.com");
        page.ShouldNotContain("Add an authority");
        page.ShouldNotContain("Remove…");
        using var refused = await browser.SubmitAsync($"{Page}/{authority}/archive", ("reason", "mine"));
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden, browser.Page);
        browser.Page.ShouldContain("console.role");
        using var admin = await ConsolePersons.SignedInAsync(service, [RoleName.SecurityAdmin], "grace");
        (await admin.OpenAsync(Page)).ShouldContain("Remove…");
        admin.Page.ShouldContain("Add an authority");
    }
}
