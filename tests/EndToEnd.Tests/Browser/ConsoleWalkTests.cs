using System.Text.Json;
using Culvert.EndToEnd.Tests.Sdk;
using Culvert.Stage;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Browser;

/// <summary>
/// The console in Debian's Chromium: every page and its main task, by <c>tests/Peers/console/walk.mjs</c>. The screenshots
/// stay under <c>.run/screenshots</c>, to be looked at.
/// </summary>
public sealed class ConsoleWalkTests(SdkSystem system) : IClassFixture<SdkSystem>
{
    [Fact]
    public async Task Walk_EveryPage_WorksAndHasNoSeriousFinding()
    {
        var checkout = Checkout.Find();
        var peers = Path.Combine(checkout.Peers, "console");
        var result = await Tool.RunAsync(
            "node",
            [Path.Combine(peers, "walk.mjs")],
            peers,
            TestContext.Current.CancellationToken,
            new Dictionary<string, string>(system.Environment)
            {
                ["CHROMIUM"] = Path.Combine(checkout.Root, ".run", "chromium", "chromium"),
                ["SHOTS"] = Path.Combine(checkout.Root, ".run", "screenshots"),
            }
        );

        system.Failed |= !result.Succeeded;
        result.Succeeded.ShouldBeTrue(result.Output + result.Error);
        using var report = JsonDocument.Parse(result.Output);
        Texts(report, "findings").ShouldBeEmpty();
        Texts(report, "elsewhere").ShouldBeEmpty();
        Texts(report, "errors").ShouldBeEmpty();
        Texts(report, "pages").Count.ShouldBeGreaterThan(20);
    }

    private static List<string> Texts(JsonDocument report, string name) =>
        [.. report.RootElement.GetProperty(name).EnumerateArray().Select(one => one.GetString()!)];
}
