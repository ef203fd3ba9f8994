using System.Net;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tunnels.Inventory;
using Shouldly;
using static Culvert.Identity.Service.Tests.Tunnels.Inventory.InventoryScene;

namespace Culvert.Identity.Service.Tests.Console;

public sealed class InventoryPageTests
{
    private const string Page = "/console/inventory";

    [Fact]
    public async Task Get_ServersCallersAndNames_AreShownEncodedAndFiltered()
    {
        await using var scene = await StartAsync();
        await scene.ReportAsync(
            Use("get", "docs", Caller("<b>alice</b>", calls: 40, denied: 2), Caller("bob")),
            Use("find", "wiki", Caller("bob", calls: 3))
        );
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);

        var page = await browser.OpenAsync(Page);

        page.ShouldContain("<h1>Inventory of servers</h1>");
        page.ShouldContain("no owner");
        page.ShouldContain("&lt;b&gt;alice&lt;/b&gt;");
        page.ShouldContain("2 denied");
        page.ShouldContain("shade-4");
        page.ShouldContain("Attest its 1 name");
        (await browser.OpenAsync($"{Page}?route=wiki")).ShouldNotContain("&gt;alice&lt;");
        (await browser.OpenAsync($"{Page}?owner=nobody")).ShouldContain("No server matches.");
        (await browser.OpenAsync($"{Page}?tunnel_id={scene.TunnelId}")).ShouldContain("Agents of this tunnel");
        (await browser.OpenAsync($"/console/tunnels/{scene.TunnelId}")).ShouldContain(
            $"href=\"{Page}?tunnel_id={scene.TunnelId}\""
        );
    }

    [Fact]
    public async Task Get_JudgedAnswers_AreSaidInWordsWhereARuleJudgedThem()
    {
        await using var scene = await StartAsync();
        await scene.ReportAsync(Use("find", "wiki"));
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);
        (await browser.OpenAsync(Page)).ShouldNotContain("kept inside");

        await scene.ReportAsync(UseJudged("get", "docs", 1204, 88_310, withheld: 1));

        const string Words = "crossed 1,204 rows, kept inside 88,310, removed 7 values, withheld 1 answer<";
        (await browser.OpenAsync(Page)).Split(Words).Length.ShouldBe(3); // the route's and the name's
    }

    [Fact]
    public async Task Get_Days_AreDrawnAndListed()
    {
        await using var scene = await StartAsync();
        var now = scene.Service.Time.GetUtcNow();
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);
        (await browser.OpenAsync(Page)).ShouldContain("0 calls in 30 days");

        await scene.ReportAsync(
            Use("get", "docs", "\"allow\":5,\"deny\":2", now),
            Use("get", "wiki", "\"allow\":3", now.AddDays(-1))
        );
        var page = await browser.OpenAsync(Page);

        page.ShouldContain("10 calls in 30 days");
        page.ShouldContain($"<title>{now:yyyy-MM-dd}: 2 of 7</title>");
        page.ShouldContain($"<title>{now.AddDays(-1):yyyy-MM-dd}: 3</title>");
        page.ShouldContain("no definition began to differ");
        (await browser.OpenAsync($"{Page}?route=wiki")).ShouldContain("3 calls in 30 days");
    }

    [Fact]
    public async Task Submit_OwnerAndAttestation_AreDoneAndShown()
    {
        await using var scene = await StartAsync();
        await scene.ReportAsync(Use("get", "docs"));
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);
        await browser.OpenAsync(Page);

        using var owned = await browser.SubmitAsync($"{Page}/{scene.TunnelId}/docs/owner", ("owner", "Team Docs"));
        owned.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        owned.Headers.Location!.ToString().ShouldBe($"{Page}?done");
        (await browser.OpenAsync(Page)).ShouldContain("Team Docs");
        using var attested = await browser.SubmitAsync(
            $"{Page}/{scene.TunnelId}/docs/attest",
            ("note", "reviewed"),
            ("names", "1")
        );
        attested.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);

        (await scene.GetRouteAsync("docs")).GetProperty("open").GetBoolean().ShouldBeFalse();
        (await browser.OpenAsync(Page)).ShouldContain("attested</span>");
    }

    [Fact]
    public async Task Submit_AttestationOfOtherNames_ShowsTheReason()
    {
        await using var scene = await StartAsync();
        await scene.ReportAsync(Use("get", "docs"), Use("put", "docs"));
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);
        await browser.OpenAsync(Page);

        using var answer = await browser.SubmitAsync(
            $"{Page}/{scene.TunnelId}/docs/attest",
            ("note", "reviewed"),
            ("names", "1")
        );

        browser.Page.ShouldContain("route.names");
        browser.Page.ShouldContain("value=\"reviewed\"");
    }
}
