using System.Net;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Documentation;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Net.Http.Headers;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>The page that shows the API, as it is sent; what a browser makes of it is a test of the whole system.</summary>
public sealed partial class ApiBrowserTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Page = ApiBrowser.Path + "/";

    private readonly ServiceUnderTest service = fixture.Service;

    [Fact]
    public async Task Get_Page_RunsOnlyItsOwnScript()
    {
        using var anyone = service.Client(null);

        using var first = await anyone.GetAsync(Page, Cancel);
        using var second = await anyone.GetAsync(Page, Cancel);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        first.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        var policy = first.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'none';");
        policy.ShouldNotContain("'unsafe-inline");
        policy.ShouldNotContain("'unsafe-eval");
        policy.ShouldNotContain(" http");
        var html = await first.Content.ReadAsStringAsync(Cancel);
        var nonce = Nonce().Match(policy).Groups["nonce"].Value;
        nonce.Length.ShouldBeGreaterThan(15);
        Script().Matches(html).ShouldAllBe(script => script.Value.Contains($"nonce=\"{nonce}\""));
        second.Headers.GetValues("Content-Security-Policy").Single().ShouldNotContain(nonce);
        first.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        first.Headers.GetValues("X-Frame-Options").Single().ShouldBe("DENY");
        first.Headers.Contains(HeaderNames.SetCookie).ShouldBeFalse();
    }

    [Fact]
    public async Task Get_Page_NamesNobodyElse()
    {
        using var anyone = service.Client(null);

        var html = await anyone.GetStringAsync(Page, Cancel);

        html.ShouldNotMatch("https?://");
        html.ShouldContain(DocumentationRegistration.DescriptionPath.TrimStart('/'));
        html.ShouldContain("/docs/api.md");
    }

    [Fact]
    public async Task Get_WithoutItsSlash_LeadsToThePage()
    {
        using var anyone = service.Client(null, followsRedirects: false);

        using var answer = await anyone.GetAsync(ApiBrowser.Path, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.OriginalString.ShouldBe("api/");
    }

    [Theory]
    [InlineData("scalar.js")]
    [InlineData("scalar.aspnetcore.js")]
    public async Task Get_Script_IsPartOfTheProgram(string name)
    {
        using var anyone = service.Client(null);

        using var script = await anyone.GetAsync($"{ApiBrowser.Path}/{name}", Cancel);

        script.StatusCode.ShouldBe(HttpStatusCode.OK);
        script.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        (await script.Content.ReadAsByteArrayAsync(Cancel)).Length.ShouldBeGreaterThan(1000);
    }

    [Theory]
    [InlineData("/docs/api/unknown")]
    [InlineData("/docs/api/%3Cscript%3E")]
    public async Task Get_BehindThePage_IsNoPage(string path)
    {
        using var anyone = service.Client(null);

        using var answer = await anyone.GetAsync(new Uri(path, UriKind.Relative), Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain("<h1>Page not found</h1>");
    }

    [Fact]
    public async Task Get_OnTheMachinePort_IsNothing()
    {
        using var anyone = service.MachineClient(null);

        await Should.ThrowAsync<HttpRequestException>(anyone.GetAsync(Page, Cancel));
    }

    [Fact]
    public async Task Get_BeyondTheLimitOfItsSource_Is429()
    {
        await using var limited = await ServiceUnderTest.StartAsync(options: o =>
            o with
            {
                Limits = o.Limits with { ExchangePerAddress = new RateLimit(1, TimeSpan.FromMinutes(1)) },
            }
        );
        using var anyone = limited.Client(null);
        (await anyone.GetAsync(Page, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await anyone.GetAsync(Page, Cancel).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "request.rate_limited");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GeneratedRegex("script-src 'self' 'nonce-(?<nonce>[^']+)'")]
    private static partial Regex Nonce();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex Script();
}
