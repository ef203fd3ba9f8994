using System.Text.Json;
using Culvert.EndToEnd.Tests.Sdk;
using Culvert.Stage;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Browser;

/// <summary>
/// A script of <c>tests/Peers/console</c> in Chromium; with <c>CULVERT_SCREENSHOTS=yes</c> it leaves
/// a picture of each page under <c>.run/screenshots</c>.
/// </summary>
internal static class ConsoleScript
{
    /// <summary>What it reports of that system; where it fails, the system's logs stay.</summary>
    public static async Task<JsonDocument> RunAsync(
        SdkSystem system,
        string script,
        params (string Name, string Value)[] variables
    )
    {
        system.Failed = true;
        var report = await RunAsync(system.Environment, script, variables);
        system.Failed = false;
        return report;
    }

    /// <summary>What it reports.</summary>
    public static async Task<JsonDocument> RunAsync(
        IReadOnlyDictionary<string, string> system,
        string script,
        params (string Name, string Value)[] variables
    )
    {
        var checkout = Checkout.Find();
        var peers = Path.Combine(checkout.Peers, "console");
        var environment = new Dictionary<string, string>(system)
        {
            ["CHROMIUM"] = Path.Combine(checkout.Root, ".run", "chromium", "chromium"),
        };
        // To draw each page as one picture takes the browser as long as all the rest, and only a reviewer needs it.
        if (Environment.GetEnvironmentVariable("CULVERT_SCREENSHOTS") == "yes")
        {
            environment["SHOTS"] = Path.Combine(checkout.Root, ".run", "screenshots");
        }

        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        var result = await Tool.RunAsync(
            "node",
            [Path.Combine(peers, script)],
            peers,
            TestContext.Current.CancellationToken,
            environment
        );
        result.Succeeded.ShouldBeTrue(result.Output + result.Error);
        return JsonDocument.Parse(result.Output);
    }

    /// <summary>No finding of axe, no request to another host, no error of a script.</summary>
    public static void ShouldBeClean(JsonDocument report)
    {
        Texts(report, "findings").ShouldBeEmpty();
        Texts(report, "elsewhere").ShouldBeEmpty();
        Texts(report, "errors").ShouldBeEmpty();
    }

    public static List<string> Texts(JsonDocument report, string name) =>
        [.. report.RootElement.GetProperty(name).EnumerateArray().Select(one => one.GetString()!)];
}
