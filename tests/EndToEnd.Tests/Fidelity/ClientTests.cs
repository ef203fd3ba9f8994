using System.Text.Json;
using Culvert.EndToEnd.Tests.Harness;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Fidelity;

/// <summary>Unmodified clients against the fixture server: the C# one in both eras, and the Inspector's command line.</summary>
[Collection(StandardSystemCollection.Name)]
public sealed class ClientTests(StandardSystem system) : SystemTest(system)
{
    [Theory]
    [InlineData("2025-11-25", "test_elicitation")]
    [InlineData("2026-07-28", "test_input_required_result_elicitation")]
    public async Task CSharpClient_ThroughTheTunnel_SeesWhatADirectOneSees(string version, string asking)
    {
        var direct = await SeenAsync(Installation.Fixture!.Endpoint, null, version, asking);
        var tunnel = await SeenAsync(
            Installation.FixtureEndpoint,
            await Installation.TokenAsync(Installation.FixtureEndpoint, Cancel),
            version,
            asking
        );

        tunnel.ShouldBe(direct);
        tunnel.ShouldContain($"negotiated {version}");
        tunnel.ShouldContain("Ada Lovelace");
    }

    [Theory]
    [InlineData("--method tools/list")]
    [InlineData(
        "--method prompts/get --prompt-name test_prompt_with_arguments --prompt-args arg1=grüße --prompt-args arg2=✓"
    )]
    public async Task Inspector_ThroughTheTunnel_PrintsWhatADirectCallPrints(string arguments)
    {
        var direct = await InspectAsync(Installation.Fixture!.Endpoint, null, null, arguments);
        var tunnel = await InspectAsync(
            Installation.FixtureEndpoint,
            Installation.Record.Tunnel.TrustBundle,
            await Installation.TokenAsync(Installation.FixtureEndpoint, Cancel),
            arguments
        );

        tunnel.ShouldBe(direct);
        tunnel.ShouldStartWith("exit code 0");
    }

    /// <summary>A small session, written down: tools, progress, a question of the server's, an error.</summary>
    private async Task<string> SeenAsync(Uri endpoint, string? token, string version, string asking)
    {
        var options = new McpClientOptions { ProtocolVersion = version };
        options.Handlers.ElicitationHandler = (_, _) =>
            ValueTask.FromResult(
                new ElicitResult
                {
                    Action = "accept",
                    Content = new Dictionary<string, JsonElement>
                    {
                        ["name"] = JsonElement.Parse("\"Ada Lovelace\""),
                        ["username"] = JsonElement.Parse("\"Ada Lovelace\""),
                        ["email"] = JsonElement.Parse("\"ada@example.com\""),
                    },
                }
            );
        await using var connection = await CSharpClient.ConnectAsync(
            endpoint,
            token is null ? null : Installation.Record.Tunnel.TrustBundle,
            token,
            options,
            Cancel
        );
        var client = connection.Client;

        var seen = new List<string> { $"negotiated {client.NegotiatedProtocolVersion}" };
        foreach (var tool in await client.ListToolsAsync(cancellationToken: Cancel))
        {
            seen.Add($"{tool.Name} {tool.JsonSchema}");
        }

        foreach (var name in (string[])["test_multiple_content_types", asking, "test_error_handling"])
        {
            var arguments = new Dictionary<string, object?> { ["message"] = "Who?" };
            var result = await client.CallToolAsync(name, arguments, cancellationToken: Cancel);
            seen.Add(
                $"{name}: {result.IsError} {JsonSerializer.Serialize(result.Content, McpJsonUtilities.DefaultOptions)}"
            );
        }

        try
        {
            await client.CallToolAsync("no_such_tool", cancellationToken: Cancel);
        }
        catch (McpException refused)
        {
            seen.Add(refused.Message);
        }

        return string.Join('\n', seen);
    }

    private async Task<string> InspectAsync(Uri endpoint, string? roots, string? token, string arguments)
    {
        var result = await Installation.Inspector.TryRunAsync(endpoint, roots, token, arguments.Split(' '), Cancel);
        return $"exit code {result.ExitCode}\n{result.Output}";
    }
}
