using System.Text.Json;
using Culvert.Stage;
using Culvert.Stage.Processes;
using Shouldly;

namespace Culvert.EndToEnd.Tests.Sdk;

/// <summary>
/// Runs one check of <c>tests/Peers/sdk</c>: the unmodified <c>@anthropic-ai/sdk</c> in a node process of its own.
/// </summary>
internal static class SdkCheck
{
    public static async Task ProveAsync(SdkSystem system, string check, CancellationToken cancellationToken)
    {
        var peers = Checkout.Find().Peers;
        var result = await Tool.RunAsync(
            "node",
            [Path.Combine(peers, "sdk", "run.mjs"), check],
            peers,
            cancellationToken,
            system.Environment
        );
        system.Failed |= !result.Succeeded;
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
