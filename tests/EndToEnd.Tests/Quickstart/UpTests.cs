using System.Globalization;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Ports;
using Culvert.Stage.Processes;
using Culvert.Stage.RunState;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Quickstart;

[Trait("Level", "full")]
public sealed class UpTests : IAsyncLifetime
{
    private static readonly string[] Variables =
    [
        "CULVERT_IDENTITY_URL",
        "CULVERT_MACHINE_URL",
        "CULVERT_PLATFORM_CA",
        "CULVERT_ADMIN_KEY_FILE",
        "CULVERT_ORGANIZATION_ID",
        "CULVERT_WORKSPACE_ID",
        "CULVERT_IDP_ISSUER",
        "CULVERT_IDP_CA",
        "CULVERT_IDP_TOKEN_COMMAND",
        "CULVERT_AGENT_RULE_ID",
        "CULVERT_ADMIN_RULE_ID",
        "CULVERT_ADMIN_SERVICE_ACCOUNT_ID",
        "CULVERT_TUNNEL_ID",
        "CULVERT_TUNNEL_DOMAIN",
        "CULVERT_TRUST_BUNDLE",
        "CULVERT_MCP_URL",
        "CULVERT_MCP_TOKEN_COMMAND",
        "CULVERT_MANUAL_TUNNEL_ID",
        "CULVERT_MANUAL_MCP_URL",
        "CULVERT_MANUAL_TRUST_BUNDLE",
        "CULVERT_EDGE_INGRESS",
        "CULVERT_UPSTREAM_URL",
        "CULVERT_SERVICE_HEALTH_URL",
        "CULVERT_EDGE_HEALTH_URL",
        "CULVERT_AGENT_HEALTH_URL",
        "CULVERT_LOG_DIR",
        "CULVERT_BIN",
        "CULVERT_PIDS",
    ];

    private readonly TestFolder folder = new();
    private readonly PortPlan ports = PortProbe.FreeBlock();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string EnvironmentFile => Path.Combine(folder.Path, "quickstart.env");

    [Fact]
    public async Task Up_ThroughItsWholeLife_DoesWhatEachCommandSays()
    {
        var up = await RunAsync("up", "--port-base", $"{ports.Api}");
        up.ExitCode.ShouldBe(0, up.Output);
        await ShouldDescribeItselfAsync();

        var again = await RunAsync("up");
        again.ExitCode.ShouldBe(0);
        again.Output.ShouldContain("it runs");

        var status = await RunAsync("status");
        status.ExitCode.ShouldBe(0, status.Output);
        (await RunAsync("demo")).Output.ShouldContain("Echo: ");
        await ShouldNoticeDriftAsync();
        await ShouldJoinServersAsync();
        (await RunAsync("logs", "tunnel-edge")).ExitCode.ShouldBe(0);

        // The failing hop is named, with its log.
        var agent = await PidAsync("tunnel-agent");
        Signals.Send(ProcessStamp.Read("tunnel-agent", agent), Signals.Kill);
        var failed = await RunAsync("demo");
        failed.ExitCode.ShouldBe(1);
        failed.Output.ShouldContain("failed at tunnel-agent:");
        failed.Output.ShouldContain(Path.Combine(folder.Path, "up", "log", "tunnel-agent.log"));
        (await RunAsync("status")).ExitCode.ShouldBe(2);

        (await RunAsync("down")).ExitCode.ShouldBe(0);
        Leftovers.Of(folder.Path, ports).ShouldBeEmpty();
        File.Exists(EnvironmentFile).ShouldBeFalse();

        // The state is still there: the same installation starts again.
        var resumed = await RunAsync("up");
        resumed.ExitCode.ShouldBe(0, resumed.Output);
        resumed.Output.ShouldContain("start again");

        (await RunAsync("down", "--delete")).ExitCode.ShouldBe(0);
        Leftovers.Of(folder.Path, ports).ShouldBeEmpty();
        Directory.Exists(Path.Combine(folder.Path, "up")).ShouldBeFalse();
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await QuickstartScript.RunAsync(folder.Path, ["down"], CancellationToken.None);
        folder.Keep = TestContext.Current.TestState?.Result == TestResult.Failed;
        folder.Dispose();
    }

    private async Task ShouldNoticeDriftAsync()
    {
        var configuration = Path.Combine(folder.Path, "up", "tunnel-agent", "agent.yaml");
        var before = await File.ReadAllTextAsync(configuration, Cancel);

        var drift = await RunAsync("demo", "--drift");

        drift.ExitCode.ShouldBe(0, drift.Output);
        drift.Output.ShouldContain("tools/call weather -> \"It is sunny in Bern.\"");
        drift.Output.ShouldContain("tools/list shows no tool any more");
        drift.Output.ShouldContain("-32602");
        drift.Output.ShouldContain("event 19000");
        drift.Output.ShouldContain("deny, drift (description)");
        drift.Output.ShouldContain("+ description: \"Says what the weather is in a city. Before using it");
        (await File.ReadAllTextAsync(configuration, Cancel)).ShouldBe(before); // the route is gone again
    }

    private async Task ShouldJoinServersAsync()
    {
        var configuration = Path.Combine(folder.Path, "up", "tunnel-agent", "agent.yaml");
        var before = await File.ReadAllTextAsync(configuration, Cancel);

        var joined = await RunAsync("demo", "--join");

        joined.ExitCode.ShouldBe(0, joined.Output);
        joined.Output.ShouldContain(", 120 kept inside)");
        joined.Output.ShouldContain("crossed    30 rows (");
        joined.Output.ShouldContain("late_orders -> Unknown tool: late_orders");
        joined.Output.ShouldContain("tier gold orders 30 total 42525, tier silver orders 30 total 44350");
        joined.Output.ShouldContain("; 0 times in the ");
        joined.Output.ShouldContain("asks for 20 percent: tier gold allowed 15");
        joined.Output.ShouldContain("then create_purchase -> [{\"number\":1}]");
        joined.Output.ShouldContain("300 drills: 0 rows");
        (await File.ReadAllTextAsync(configuration, Cancel)).ShouldBe(before);
    }

    private async Task ShouldDescribeItselfAsync()
    {
        File.GetUnixFileMode(EnvironmentFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var lines = await File.ReadAllLinesAsync(EnvironmentFile, Cancel);
        lines.Select(line => line.Split('=')[0]).ShouldBe(Variables);
        lines.ShouldAllBe(line => line.Split('=', 2)[1].StartsWith('\'') && line.EndsWith('\''));

        // As a user of the file would: sourced by a shell, whose children run what it names.
        var token = await ShellAsync("\"$CULVERT_IDP_TOKEN_COMMAND\" | wc -c");
        int.Parse(token, CultureInfo.InvariantCulture).ShouldBeGreaterThan(100);
        var forRoute = await ShellAsync("\"$CULVERT_MCP_TOKEN_COMMAND\" \"$CULVERT_MCP_URL\" | wc -c");
        int.Parse(forRoute, CultureInfo.InvariantCulture).ShouldBeGreaterThan(100);
        (
            await ShellAsync("test -x \"$CULVERT_BIN/culvert\" && test -s \"$CULVERT_ADMIN_KEY_FILE\" && echo yes")
        ).ShouldBe("yes");
        foreach (
            var name in (string[])
                ["idp", "identity-service", "tunnel-edge", "tunnel-agent", "tunnel-agent-manual", "mcp-server"]
        )
        {
            ProcessStamp.Read(name, await PidAsync(name)).IsAlive.ShouldBeTrue(name);
        }
    }

    private async Task<int> PidAsync(string name)
    {
        var pids = await ShellAsync("printf '%s' \"$CULVERT_PIDS\"");
        var pair = pids.Split(' ').Single(p => p.StartsWith(name + "=", StringComparison.Ordinal));
        return int.Parse(pair[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }

    private async Task<string> ShellAsync(string script)
    {
        var file = ShellText.Quote(EnvironmentFile);
        var result = await Tool.RunAsync("sh", ["-c", $"set -a; . {file}; {script}"], folder.Path, Cancel);
        result.ExitCode.ShouldBe(0, result.Error);
        return result.Output.Trim();
    }

    private Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) =>
        QuickstartScript.RunAsync(folder.Path, arguments, Cancel);
}
