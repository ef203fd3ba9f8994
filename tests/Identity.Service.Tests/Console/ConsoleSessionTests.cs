using System.Net;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Console.Sessions;
using Culvert.Identity.Service.Console.SignIn;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

public sealed class ConsoleSessionTests : IAsyncLifetime
{
    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() => service = await ServiceUnderTest.StartAsync();

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Get_NobodySignedIn_IsSentToSignInAndComesBack()
    {
        using var browser = new ConsoleBrowser(service);

        using var answer = await browser.GetAsync("/console/tunnels?limit=5");

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        answer.Headers.Location!.ToString().ShouldBe("/console/sign-in?next=%2Fconsole%2Ftunnels%3Flimit%3D5");
        (await browser.OpenAsync(answer.Headers.Location.ToString())).ShouldContain(
            "value=\"/console/tunnels?limit=5\""
        );
        using var signedIn = await browser.SubmitAsync(
            "/console/sign-in",
            ("admin_key", service.AdminKey),
            ("next", "/console/tunnels?limit=5")
        );
        signedIn.Headers.Location!.ToString().ShouldBe("/console/tunnels?limit=5");
    }

    [Theory]
    [InlineData("security-admin", true, HttpStatusCode.Unauthorized)]
    [InlineData("security-admin", false, HttpStatusCode.OK)]
    [InlineData("operator", true, HttpStatusCode.OK)]
    public async Task SignIn_KeyOfASecurityAdmin_EndsTheKeyThatInitMadeUnlessNobodyElseMayOperate(
        string role,
        bool anotherMayOperate,
        HttpStatusCode afterwards
    )
    {
        if (anotherMayOperate)
        {
            await service.Api.PostOkAsync("/v1/admin_keys", """{"name":"Eve","role":"installation-operator"}""");
        }

        var made = await service.Api.PostOkAsync("/v1/admin_keys", $$"""{"name":"Bob","role":"{{role}}"}""");

        using var browser = await ConsoleBrowser.SignedInAsync(service, made.Text("admin_key"));

        using var answer = await service.Api.GetAsync("/v1/tunnels", TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(afterwards);
    }

    [Theory]
    [InlineData("https://evil.test", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("http://{host}", HttpStatusCode.Forbidden)]
    [InlineData("https://{host}", HttpStatusCode.SeeOther)]
    public async Task Post_OriginWithoutSecFetchSite_MustBeOurs(string origin, HttpStatusCode expected)
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync("/console");
        browser.Headers["Origin"] = origin.Replace("{host}", service.ApiUrl.Authority, StringComparison.Ordinal);

        using var answer = await browser.SubmitAsync("/console/sign-out");

        answer.StatusCode.ShouldBe(expected, browser.Page);
    }

    [Fact]
    public async Task SignIn_WithTheKeyThatInitMade_LeavesIt()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        await service.Api.GetOkAsync("/v1/tunnels");
    }

    [Fact]
    public async Task SignIn_AdminKey_SetsAHardenedCookieAndIsAudited()
    {
        using var browser = new ConsoleBrowser(service);
        await browser.OpenAsync("/console/sign-in");

        using var answer = await browser.SubmitAsync("/console/sign-in", ("admin_key", service.AdminKey));

        var cookie = answer
            .Headers.GetValues("Set-Cookie")
            .First(c => c.StartsWith("__Host-culvert=", StringComparison.Ordinal));
        cookie.ShouldContain("path=/");
        cookie.ShouldContain("secure", Case.Insensitive);
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("samesite=lax", Case.Insensitive);
        cookie.ShouldNotContain("; domain", Case.Insensitive);
        (await browser.OpenAsync("/console")).ShouldContain("Signed in as");
        var audit = (await service.Api.GetOkAsync("/v1/audit")).ToString();
        audit.ShouldContain("console_signed_in");
        audit.ShouldNotContain(browser.Cookies[ConsoleCookie.Session]);
    }

    [Fact]
    public async Task SignIn_WrongKey_IsRefusedAndOpensNothing()
    {
        using var browser = new ConsoleBrowser(service);
        await browser.OpenAsync("/console/sign-in");

        using var answer = await browser.SubmitAsync("/console/sign-in", ("admin_key", "clv_adm_wrong"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        browser.Page.ShouldContain("console.admin_key");
        browser.Page.ShouldNotContain("access token");
        browser.Page.ShouldNotContain("clv_adm_wrong");
        browser.Cookies.ShouldNotContainKey(ConsoleCookie.Session);
    }

    [Fact]
    public async Task SignIn_AdminKeysTurnedOff_IsRefused()
    {
        await using var closed = await ServiceUnderTest.StartAsync(options: options =>
            options with
            {
                SignIn = new SignInOptions { AdminKeys = false },
            }
        );
        using var browser = new ConsoleBrowser(closed);
        (await browser.OpenAsync("/console/sign-in")).ShouldContain("Sign-in is not possible");
        using var other = new ConsoleBrowser(service);
        await other.OpenAsync("/console/sign-in");
        browser.Cookies[ConsoleCookie.SignIn] = other.Cookies[ConsoleCookie.SignIn];

        using var answer = await browser.SubmitWithAsync(
            "/console/sign-in",
            ConsoleBrowser.TokenOf(other.Page),
            ("admin_key", closed.AdminKey)
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        browser.Page.ShouldContain("console.admin_keys_off", customMessage: browser.Page);
    }

    [Fact]
    public async Task Api_WithTheCookie_KnowsNobody()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        using var answer = await browser.GetAsync("/v1/tunnels");

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Machine_Console_IsNotThere()
    {
        using var client = service.MachineClient(null);

        await Should.ThrowAsync<HttpRequestException>(
            client.GetAsync("/console/sign-in", TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task SignOut_Session_IsGone()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync("/console");
        var cookie = browser.Cookies[ConsoleCookie.Session];

        using var answer = await browser.SubmitAsync("/console/sign-out");

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        browser.Cookies.ShouldNotContainKey(ConsoleCookie.Session);
        browser.Cookies[ConsoleCookie.Session] = cookie;
        using var again = await browser.GetAsync("/console");
        again.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public async Task Get_IdleSession_Ends(int idleMinutes, bool lives)
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);

        service.Time.Advance(TimeSpan.FromMinutes(idleMinutes));

        using var answer = await browser.GetAsync("/console");
        answer.StatusCode.ShouldBe(lives ? HttpStatusCode.OK : HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task Get_SessionInUse_EndsAfterItsAbsoluteLife()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        for (var i = 0; i < 19; i++)
        {
            service.Time.Advance(TimeSpan.FromMinutes(25));
            await browser.OpenAsync("/console");
        }

        service.Time.Advance(TimeSpan.FromMinutes(6));

        using var answer = await browser.GetAsync("/console");
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task Get_KeyRevoked_EndsAtOnce()
    {
        var made = await service.Api.PostOkAsync("/v1/admin_keys", """{"name":"Bob","role":"operator"}""");
        using var browser = await ConsoleBrowser.SignedInAsync(service, made.Text("admin_key"));
        await browser.OpenAsync("/console");

        await service.Api.PostOkAsync($"/v1/admin_keys/{made.Id()}/revoke", "{}");

        using var answer = await browser.GetAsync("/console");
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task Submit_WithoutTheSessionsToken_IsRefused()
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        using var other = await ConsoleBrowser.SignedInAsync(service);
        var foreign = ConsoleBrowser.TokenOf(await other.OpenAsync("/console/tunnels"));

        foreach (var token in new[] { "", foreign })
        {
            using var answer = await browser.SubmitWithAsync("/console/tunnels", token, ("display_name", "docs"));
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            browser.Page.ShouldContain("console.form");
        }

        (await service.Api.GetOkAsync("/v1/tunnels")).GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    [InlineData("none")]
    public async Task Submit_FromAnotherSite_IsRefused(string site)
    {
        using var browser = await ConsoleBrowser.SignedInAsync(service);
        await browser.OpenAsync("/console/tunnels");
        browser.Headers["Sec-Fetch-Site"] = site;

        using var answer = await browser.SubmitAsync("/console/tunnels", ("display_name", "docs"));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("/console", "/console")]
    [InlineData("/console/tunnels?page=a%3D", "/console/tunnels?page=a%3D")]
    [InlineData("https://evil.test/console", "/console")]
    [InlineData("//evil.test/console", "/console")]
    [InlineData("/console\\@evil.test", "/console")]
    [InlineData("/console/\r\nSet-Cookie: a=b", "/console")]
    [InlineData("/consoleevil", "/console")]
    [InlineData("/v1/tunnels", "/console")]
    [InlineData("/console/sign-in?next=x", "/console")]
    [InlineData(null, "/console")]
    public void LocalPath_Wanted_StaysInTheConsole(string? wanted, string path) =>
        ConsoleEndpoints.LocalPath(wanted).ShouldBe(path);
}
