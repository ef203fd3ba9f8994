using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Processes;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Calls;

/// <summary>The unmodified Inspector must not be able to tell the tunnel from a direct connection.</summary>
[Collection(StandardSystemCollection.Name)]
public sealed class InspectorTests(StandardSystem system) : SystemTest(system)
{
    [Theory]
    [InlineData("--method tools/list")]
    [InlineData("--method resources/list", Traits = ["Level", "full"])]
    [InlineData("--method resources/templates/list", Traits = ["Level", "full"])]
    [InlineData("--method prompts/list", Traits = ["Level", "full"])]
    [InlineData("--method tools/call --tool-name echo --tool-arg message=grüße-✓")]
    [InlineData("--method tools/call --tool-name get-sum --tool-arg a=2 --tool-arg b=40", Traits = ["Level", "full"])]
    [InlineData("--method tools/call --tool-name get-tiny-image", Traits = ["Level", "full"])]
    [InlineData("--method tools/call --tool-name no-such-tool", Traits = ["Level", "full"])]
    public async Task Inspector_ThroughEitherTunnel_PrintsWhatADirectCallPrints(string arguments)
    {
        var record = Installation.Record;

        var printed = await Task.WhenAll(
            RunAsync(Installation.McpServer.Endpoint, roots: null, arguments),
            RunAsync(Installation.Endpoint, record.Tunnel.TrustBundle, arguments),
            RunAsync(Installation.ManualEndpoint, record.Manual!.TrustBundle, arguments)
        );

        var (direct, automatic, manual) = (printed[0], printed[1], printed[2]);
        (automatic.ExitCode, automatic.Output).ShouldBe((direct.ExitCode, direct.Output), Errors());
        (manual.ExitCode, manual.Output).ShouldBe((direct.ExitCode, direct.Output), Errors());

        string Errors() => string.Join('\n', printed.Select(result => $"exit {result.ExitCode}: {result.Error}"));
    }

    [Fact]
    public async Task Inspector_WithoutTheTunnelsRoots_RefusesTheCertificate()
    {
        var result = await Installation.Inspector.TryRunAsync(
            Installation.Endpoint,
            null,
            await Installation.TokenAsync(Installation.Endpoint, Cancel),
            ["--method", "tools/list"],
            Cancel
        );

        result.Succeeded.ShouldBeFalse();
    }

    private async Task<ToolResult> RunAsync(Uri endpoint, string? roots, string arguments)
    {
        var token = roots is null ? null : await Installation.TokenAsync(endpoint, Cancel);
        return await Installation.Inspector.TryRunAsync(endpoint, roots, token, arguments.Split(' '), Cancel);
    }
}
