using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tunnels.Inventory;
using Shouldly;
using static Culvert.Identity.Service.Tests.Tunnels.Inventory.InventoryScene;

namespace Culvert.Identity.Service.Tests.Console;

public sealed class TrafficPageTests
{
    [Fact]
    public async Task Get_CallsDurationsAndBytes_AreDrawnAndListed()
    {
        await using var scene = await StartAsync();
        var now = scene.Service.Time.GetUtcNow();
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);
        var page = $"/console/tunnels/{scene.TunnelId}/traffic";
        (await browser.OpenAsync(page)).ShouldContain("No agent reported a call in this time.");

        await scene.ReportMinutesAsync(
            Minute(now.AddMinutes(-2), 7, 2, "0,0,5,0,0,0,0,0,0,0"),
            Minute(now.AddMinutes(-70), 3, 0, "0,0,0,0,0,0,0,0,0,3")
        );
        var hour = await browser.OpenAsync(page);

        hour.ShouldContain("7 calls, <span class=\"warn\">2 denied</span>");
        hour.ShouldContain($"<title>{now.AddMinutes(-2):HH:mm}: 2 of 7</title>");
        hour.ShouldContain($"<title>{now.AddMinutes(-2):HH:mm}: 18 ms of 25 ms</title>");
        hour.ShouldContain("7 kB of requests");
        (await browser.OpenAsync($"{page}?minutes=180")).ShouldContain("10 calls, ");
        (await browser.OpenAsync($"/console/tunnels/{scene.TunnelId}")).ShouldContain(
            "7 calls in the last hour</a>, 2 denied"
        );
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("?renew=0", null)]
    [InlineData("?renew=61", null)]
    [InlineData("?renew=60", "30;url={0}?minutes=60&renew=59")]
    [InlineData("?minutes=180&renew=2", "30;url={0}?minutes=180&renew=1")]
    [InlineData("?minutes=181&renew=1", "30;url={0}?minutes=60")]
    public async Task Get_Renewed_EndsAfterHalfAnHour_SoThatTheSessionCanBeIdle(string query, string? refresh)
    {
        await using var scene = await StartAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(scene.Service);
        var page = $"/console/tunnels/{scene.TunnelId}/traffic";

        using var answer = await browser.GetAsync(page + query);

        var values = answer.Headers.TryGetValues("Refresh", out var found) ? found : [];
        string[] expected = refresh is null ? [] : [string.Format(null, refresh, page)];
        values.ShouldBe(expected);
    }
}
