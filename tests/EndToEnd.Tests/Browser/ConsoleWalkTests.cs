using Culvert.EndToEnd.Tests.Sdk;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Browser;

/// <summary>
/// The console in Debian's Chromium: every page and its main task, by <c>tests/Peers/console/walk.mjs</c>.
/// </summary>
[Collection(SdkSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class ConsoleWalkTests(SdkSystem system)
{
    [Fact]
    public async Task Walk_EveryPage_WorksAndHasNoFinding()
    {
        using var report = await ConsoleScript.RunAsync(
            system,
            "walk.mjs",
            ("CLIENT_CA_PEM", new TestPki(TimeProvider.System.GetUtcNow(), "Clients").RootPem)
        );

        ConsoleScript.ShouldBeClean(report);
        ConsoleScript.Texts(report, "pages").Count.ShouldBeGreaterThan(45);
        report.RootElement.GetProperty("documents").GetInt32().ShouldBeGreaterThan(40);
    }
}
