using Culvert.EndToEnd.Tests.Sdk;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Browser;

/// <summary>
/// <c>/docs/api</c> in Debian's Chromium, by <c>tests/Peers/console/api.mjs</c>.
/// </summary>
[Collection(SdkSystemCollection.Name)]
[Trait("Level", "full")]
public sealed class ApiBrowserTests(SdkSystem system)
{
    [Fact]
    public async Task Page_InBothSchemesAndWidths_LoadsNothingFromElsewhere()
    {
        using var report = await ConsoleScript.RunAsync(system, "api.mjs");

        ConsoleScript.ShouldBeClean(report);
        ConsoleScript.Texts(report, "cookies").ShouldBeEmpty();
        ConsoleScript
            .Texts(report, "requests")
            .Distinct()
            .Where(request => !request.StartsWith("GET /docs/api", StringComparison.Ordinal))
            .Where(request => !request.StartsWith("GET /console/assets/icon", StringComparison.Ordinal))
            .Except(["GET /v1/openapi.json"])
            .ShouldBeEmpty();
        report.RootElement.GetProperty("withoutScript").GetString().ShouldBe("The API");
    }
}
