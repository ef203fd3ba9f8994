using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Stage.Processes;
using Shouldly;

namespace Culvert.EndToEnd.Tests.Sdk;

/// <summary>
/// Runs one check of <c>tests/Peers/sdk</c>: the unmodified <c>@anthropic-ai/sdk</c> in a node process of its own, which
/// gets nothing but what a user of it would set.
/// </summary>
internal static class SdkCheck
{
    public static async Task ProveAsync(RunningSystem system, string check, CancellationToken cancellationToken)
    {
        var peers = Path.Combine(Checkout.Find().Root, "tests", "Peers");
        var environment = InstallationEnvironment
            .Of(system.Installation)
            .ToDictionary(variable => variable.Key, variable => variable.Value);
        environment["NODE_EXTRA_CA_CERTS"] = system.Installation.Service.PlatformCaFile;

        var result = await Tool.RunAsync(
            "node",
            [Path.Combine(peers, "sdk", "run.mjs"), check],
            peers,
            cancellationToken,
            environment
        );

        result.Succeeded.ShouldBeTrue($"{check}: {Reason(result)}");
    }

    private static string Reason(ToolResult result)
    {
        try
        {
            using var line = JsonDocument.Parse(result.Output);
            return line.RootElement.TryGetProperty("error", out var error) ? error.GetString()! : result.Error;
        }
        catch (JsonException)
        {
            return $"exit code {result.ExitCode}: {result.Output}{result.Error}";
        }
    }
}
