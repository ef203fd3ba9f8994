using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Ports;
using Culvert.Stage.Processes;
using Culvert.Stage.RunState;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Quickstart;

/// <summary>What <c>docs/high-availability.md</c> names as the first thing to check.</summary>
[Trait("Level", "full")]
public sealed class HaUpTests : IAsyncLifetime
{
    private static readonly string[] Parts =
    [
        "identity-service",
        "identity-service-2",
        "tunnel-edge",
        "tunnel-edge-2",
        "tunnel-agent",
        "tunnel-agent-2",
        "tunnel-agent-3",
        "haproxy",
        "postgres",
    ];

    private readonly TestFolder folder = new();
    private readonly (PortPlan Outer, PortPlan Inner) ports = TwoBlocks();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UpHa_EveryPartTwice_CallsThroughTheTunnelAndLeavesNothing()
    {
        var up = await RunAsync("up", "--ha", "--port-base", $"{ports.Outer.Api}");
        up.ExitCode.ShouldBe(0, up.Output);

        var status = await RunAsync("status");
        status.ExitCode.ShouldBe(0, status.Output);
        foreach (var part in Parts)
        {
            status.Output.ShouldContain(part);
        }

        var demo = await RunAsync("demo");
        demo.ExitCode.ShouldBe(0, demo.Output);
        demo.Output.ShouldContain("Echo: ");
        (await VersionsAsync()).ShouldBe(
            new Dictionary<string, int>
            {
                ["service"] = 2,
                ["edge"] = 2,
                ["agent"] = 3,
            },
            ignoreOrder: true
        );

        (await RunAsync("down", "--delete")).ExitCode.ShouldBe(0);
        Leftovers.Of(folder.Path, ports.Outer).ShouldBeEmpty();
        PortProbe.Taken(ports.Inner).ShouldBeEmpty();
        Directory.Exists(Path.Combine(folder.Path, "up")).ShouldBeFalse();
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await QuickstartScript.RunAsync(folder.Path, ["down"], CancellationToken.None);
        folder.Keep = TestContext.Current.TestState?.Result == TestResult.Failed;
        folder.Dispose();
    }

    // How many of each kind say that they run.
    private async Task<Dictionary<string, int>> VersionsAsync()
    {
        var file = ShellText.Quote(Path.Combine(folder.Path, "quickstart.env"));
        var result = await Tool.RunAsync(
            "sh",
            ["-c", $"set -a; . {file}; exec \"$CULVERT_BIN/culvert\" version --all -o json"],
            folder.Path,
            Cancel
        );
        result.ExitCode.ShouldBe(0, result.Error);
        using var document = JsonDocument.Parse(result.Output);
        return document
            .RootElement.GetProperty("data")
            .EnumerateArray()
            .Select(one => one.GetProperty("kind").GetString()!)
            .CountBy(kind => kind)
            .ToDictionary();
    }

    private static (PortPlan, PortPlan) TwoBlocks()
    {
        var first = PortProbe.FreeBlock();
        return (first, PortPlan.FromBase(first.Api + PortPlan.BlockSize));
    }

    private Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) =>
        QuickstartScript.RunAsync(folder.Path, arguments, Cancel);
}
