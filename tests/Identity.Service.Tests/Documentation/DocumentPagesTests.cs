using System.Net;
using System.Text.RegularExpressions;
using Culvert.Identity.Service.Console;
using Culvert.Identity.Service.Documentation;
using Culvert.Identity.Service.Limits;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>The documentation as the service serves it.</summary>
public sealed partial class DocumentPagesTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private readonly ServiceUnderTest service = fixture.Service;
    private readonly DocumentPages pages = new();

    [Theory]
    [InlineData("/docs/")]
    [InlineData("/docs")]
    [InlineData("/docs/tasks")]
    [InlineData("/docs/explain.md")]
    [InlineData("/docs/platforms/aws")]
    [InlineData("/docs/api.md")]
    public async Task Get_PageWithoutSession_IsStrict(string path)
    {
        using var anyone = service.Client(null);

        using var answer = await anyone.GetAsync(path, Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldBe(ConsoleHeaders.Policy);
        answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
    }

    [Theory]
    [InlineData("/docs/unknown")]
    [InlineData("/docs/platforms")]
    [InlineData("/docs/..%2f..%2fetc%2fpasswd")]
    [InlineData("/docs/%3Cscript%3E")]
    public async Task Get_UnknownPage_IsAPageThatSaysSo(string path)
    {
        using var anyone = service.Client(null);

        using var answer = await anyone.GetAsync(new Uri(path, UriKind.Relative), Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldBe(ConsoleHeaders.Policy);
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldContain("<h1>Page not found</h1>");
    }

    // As messages and explanations name it.
    [Fact]
    public async Task Get_PageByItsFileName_IsThePage()
    {
        using var anyone = service.Client(null);

        var byName = await anyone.GetStringAsync("/docs/explain.md", Cancel);

        byName.ShouldBe(await anyone.GetStringAsync("/docs/explain", Cancel));
        byName.ShouldContain("id=\"claim_mismatch\"");
    }

    [Theory]
    [InlineData("/docs/")]
    [InlineData("/v1/openapi.json")]
    public async Task Get_BeyondTheLimitOfItsSource_Is429(string path)
    {
        await using var limited = await ServiceUnderTest.StartAsync(options: o =>
            o with
            {
                Limits = o.Limits with { ExchangePerAddress = new RateLimit(1, TimeSpan.FromMinutes(1)) },
            }
        );
        using var anyone = limited.Client(null);
        (await anyone.GetAsync(path, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await anyone.GetAsync(path, Cancel).ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "request.rate_limited");
    }

    [Fact]
    public void Pages_AllOfThem_HaveATitleAndNothingThatRuns()
    {
        pages.Paths.Count().ShouldBeGreaterThan(50);
        foreach (var page in pages.Paths.Select(path => pages.Find(path)!))
        {
            var html = TextOf(page);
            page.Title.ShouldNotBeEmpty(page.Path);
            Element()
                .Matches(html)
                .Select(match => match.Groups["name"].Value)
                .Except(Allowed)
                .ShouldBeEmpty(page.Path);
            Attribute()
                .Matches(html)
                .Select(match => match.Groups["name"].Value)
                .Except(AllowedAttributes)
                .ShouldBeEmpty(page.Path);
        }
    }

    [Fact]
    public void Links_BetweenPages_LeadToAPageAndAnAnchorOfIt()
    {
        var dead =
            from path in pages.Paths
            from target in Target().Matches(TextOf(pages.Find(path)!)).Select(match => match.Groups["target"].Value)
            where
                !target.StartsWith("https://", StringComparison.Ordinal)
                && !IsThere(path, WebUtility.HtmlDecode(target))
            select $"{path} → {target}";

        dead.ShouldBeEmpty();
    }

    [Fact]
    public async Task Console_EveryPage_LeadsToTheDocumentation()
    {
        using var browser = new ConsoleBrowser(service);

        using var answer = await browser.GetAsync("/console/sign-in");

        browser.Page.ShouldContain("href=\"/docs/\"");
    }

    private static readonly string[] Allowed =
    [
        "html",
        "head",
        "meta",
        "title",
        "link",
        "body",
        "a",
        "header",
        "nav",
        "div",
        "main",
        "span",
        "p",
        "ul",
        "ol",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "pre",
        "code",
        "strong",
        "em",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ];

    private static readonly string[] AllowedAttributes =
    [
        "lang",
        "charset",
        "name",
        "content",
        "rel",
        "type",
        "href",
        "class",
        "id",
        "aria-label",
        "tabindex",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string TextOf(DocumentPage page) => System.Text.Encoding.UTF8.GetString(page.Html.Span);

    private bool IsThere(string path, string target)
    {
        var (page, anchor) = target.Split('#') is [var file, var name] ? (file, name) : (target, "");
        if (page is "/console" || page == ConsoleAssets.StylesPath || page == ConsoleAssets.IconPath)
        {
            return true;
        }

        var wanted = page.Length == 0 ? path : page["/docs/".Length..];
        return pages.Find(wanted.Length == 0 ? DocumentPages.Index : wanted) is { } found
            && (anchor.Length == 0 || TextOf(found).Contains($"id=\"{anchor}\"", StringComparison.Ordinal));
    }

    [GeneratedRegex("<(?<name>[a-z0-9]+)[ >]")]
    private static partial Regex Element();

    [GeneratedRegex("(?<=<[^<>]*) (?<name>[a-z-]+)=\"")]
    private static partial Regex Attribute();

    [GeneratedRegex("href=\"(?<target>[^\"]*)\"")]
    private static partial Regex Target();
}
