using System.Net;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

public sealed partial class ConsolePagesTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly ServiceUnderTest service = fixture.Service;

    [Theory]
    [InlineData("/console")]
    [InlineData("/console/tunnels")]
    [InlineData("/console/authorities")]
    [InlineData("/console/authorities/new")]
    [InlineData("/console/certificates")]
    [InlineData("/console/issuers")]
    [InlineData("/console/issuers/new")]
    [InlineData("/console/rules")]
    [InlineData("/console/rules/new")]
    [InlineData("/console/service-accounts")]
    [InlineData("/console/oauth-clients")]
    [InlineData("/console/connections")]
    [InlineData("/console/connections/new")]
    [InlineData("/console/people")]
    [InlineData("/console/simulate")]
    [InlineData("/console/history")]
    [InlineData("/console/audit")]
    [InlineData("/console/inventory")]
    [InlineData("/console/approvals")]
    [InlineData("/console/jobs")]
    [InlineData("/console/settings")]
    public async Task Get_Page_IsStrictAndComplete(string path)
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        using var answer = await browser.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK, browser.Page);
        ShouldBeStrict(answer, browser.Page);
        browser.Page.ShouldContain("<main id=\"main\"");
        browser.Page.ShouldContain("aria-current=\"page\"");
    }

    [Fact]
    public async Task Get_SignInPage_IsStrict()
    {
        using var browser = new ConsoleBrowser(service);

        using var answer = await browser.GetAsync("/console/sign-in");

        ShouldBeStrict(answer, browser.Page);
    }

    [Fact]
    public async Task Get_UnknownTunnel_SaysSoWithTheStatus()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        using var answer = await browser.GetAsync("/console/tunnels/tnl_01unknown");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        browser.Page.ShouldContain("role=\"alert\"");
    }

    [Fact]
    public async Task Get_UnknownAddress_IsAPage_AndTheSignInForStrangers()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        using var stranger = new ConsoleBrowser(service);

        using var answer = await browser.GetAsync("/console/nope");
        using var refused = await stranger.GetAsync("/console/nope");

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        ShouldBeStrict(answer, browser.Page);
        browser.Page.ShouldContain("role=\"alert\"");
        refused.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        refused.Headers.Location!.ToString().ShouldStartWith("/console/sign-in");
    }

    [Fact]
    public async Task Submit_NewTunnel_IsShownEncoded()
    {
        const string name = "<script>alert(1)</script>\"'&";
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync("/console/tunnels");

        using var made = await browser.SubmitAsync("/console/tunnels", ("display_name", name));

        made.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var page = await browser.OpenAsync(made.Headers.Location!.ToString());
        page.ShouldContain("role=\"status\"");
        page.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;");
        page.ShouldNotContain("<script");
    }

    [Fact]
    public async Task Register_Authority_ShowsItsRequest()
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", """{"display_name":"with a CA"}""");
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        (await browser.OpenAsync("/console/authorities/new")).ShouldContain("with a CA");

        using var made = await browser.SubmitAsync(
            "/console/authorities/new",
            ("name", "issuing-2027"),
            ("tunnel_id", tunnel.Id()),
            ("custody", "sealed")
        );

        made.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var page = await browser.OpenAsync(made.Headers.Location!.ToString());
        page.ShouldContain("issuing-2027");
        page.ShouldContain("BEGIN CERTIFICATE REQUEST");
        (await browser.OpenAsync("/console")).ShouldContain("Certificate authority issuing-2027");
    }

    [Fact]
    public async Task Get_Certificates_DrawsTheForecast()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = await browser.OpenAsync("/console/certificates");

        page.ShouldContain("<svg class=\"chart\"");
        page.ShouldContain("The same in numbers");
    }

    [Fact]
    public async Task Get_Audit_SaysThatBodiesAreThoseThatWereChained()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        var page = await browser.OpenAsync("/console/audit");

        page.ShouldContain("every body is the one that was chained");
        page.ShouldContain("console signed in");
    }

    [Fact]
    public async Task Submit_RefusedForm_ShowsTheReasonAndWhatWasTyped()
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", "{}");
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync($"/console/tunnels/{tunnel.Id()}");

        using var answer = await browser.SubmitAsync(
            $"/console/tunnels/{tunnel.Id()}/settings",
            ("revision", "1"),
            ("client_source_ranges", "10.0.0.0/8\r\nnowhere"),
            ("assertion_audiences", "https://login.example.com")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("role=\"alert\"");
        browser.Page.ShouldContain("client_source_ranges");
        browser.Page.ShouldContain("nowhere</textarea>");
        browser.Page.ShouldContain("https://login.example.com</textarea>");
    }

    [Fact]
    public async Task Submit_TunnelSettings_AreSaved()
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", "{}");
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync($"/console/tunnels/{tunnel.Id()}");

        using var answer = await browser.SubmitAsync(
            $"/console/tunnels/{tunnel.Id()}/settings",
            ("revision", "1"),
            ("display_name", "docs"),
            ("client_source_ranges", "10.0.0.0/8\r\n192.0.2.1/32\r\n"),
            ("assertion_audiences", "https://login.example.com\r\napi://AzureADTokenExchange\r\n")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var saved = await service.Api.GetOkAsync($"/v1/tunnels/{tunnel.Id()}");
        saved.Text("display_name").ShouldBe("docs");
        saved.GetProperty("client_source_ranges").ToString().ShouldBe("""["10.0.0.0/8","192.0.2.1/32"]""");
        saved
            .GetProperty("assertion_audiences")
            .ToString()
            .ShouldBe("""["https://login.example.com","api://AzureADTokenExchange"]""");
        (await browser.OpenAsync($"/console/tunnels/{tunnel.Id()}")).ShouldContain(
            "api://AzureADTokenExchange</textarea>"
        );
    }

    [Fact]
    public async Task Submit_RefusedAudience_ShowsTheReason()
    {
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels", "{}");
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync($"/console/tunnels/{tunnel.Id()}");

        using var answer = await browser.SubmitAsync(
            $"/console/tunnels/{tunnel.Id()}/settings",
            ("assertion_audiences", "two words")
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("assertion_audiences: ");
        browser.Page.ShouldContain("two words</textarea>");
    }

    [Fact]
    public async Task Get_Styles_MayBeKept()
    {
        using var browser = new ConsoleBrowser(service);

        using var answer = await browser.GetAsync(ConsoleAssets.StylesPath);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Header("Cache-Control").ShouldBe("public, max-age=31536000, immutable");
        browser.Page.ShouldNotContain("url(");
        browser.Page.ShouldNotContain("@import");
    }

    internal static void ShouldBeStrict(HttpResponseMessage answer, string page)
    {
        answer.Header("Content-Security-Policy").ShouldBe(ConsoleHeaders.Policy);
        ConsoleHeaders.Policy.ShouldNotContain("'unsafe");
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
        answer.Header("Referrer-Policy").ShouldBe("same-origin");
        answer.Header("Cache-Control").ShouldBe("no-store");
        Inline().IsMatch(page).ShouldBeFalse("nothing inline");
        Elsewhere().IsMatch(page).ShouldBeFalse("nothing from elsewhere");
        page.ShouldNotContain("&amp;amp;", Case.Sensitive, "nothing escaped twice");
    }

    [GeneratedRegex("<script|<style|\\sstyle=|\\son[a-z]+=|javascript:", RegexOptions.IgnoreCase)]
    private static partial Regex Inline();

    [GeneratedRegex("(src|href|action)=\"(https?:|//)", RegexOptions.IgnoreCase)]
    private static partial Regex Elsewhere();
}
