using Culvert.EndToEnd.Tests.Harness;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Browser;

/// <summary>The console's pages of a tunnel that runs, by <c>tests/Peers/console/tunnel.mjs</c>.</summary>
[Collection(StandardSystemCollection.Name)]
public sealed class ConsoleTunnelTests(StandardSystem system) : SystemTest(system)
{
    [Fact]
    public async Task Pages_OfARunningTunnel_ShowWhatItsAgentFindsAndTakeAPersonsWord()
    {
        using var report = await ConsoleScript.RunAsync(
            new Dictionary<string, string>
            {
                ["CULVERT_IDENTITY_URL"] = Installation.Service.PublicUrl,
                ["CULVERT_ADMIN_KEY_FILE"] = Installation.Service.AdminKeyFile,
                ["NODE_EXTRA_CA_CERTS"] = Installation.Service.PlatformCaFile,
            },
            "tunnel.mjs",
            ("TUNNEL", Installation.Record.Tunnel.Id)
        );

        var checks = report.RootElement.GetProperty("checks");
        foreach (var check in (string[])["platform_certificate", "machine_api", "bundle_epoch", "edges", "upstreams"])
        {
            checks.GetProperty(check).GetString().ShouldBe("pass", check);
        }

        report.RootElement.GetProperty("acknowledged").GetInt64().ShouldBeGreaterThan(0);
        ConsoleScript.ShouldBeClean(report);
    }
}
