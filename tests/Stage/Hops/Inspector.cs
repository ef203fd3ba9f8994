using System.Text.Json;
using Culvert.Stage.Processes;
using Culvert.Stage.Reporting;

namespace Culvert.Stage.Hops;

/// <summary>
/// The MCP client: the unmodified Inspector command line. All it receives is a URL, which roots to trust, and a token.
/// </summary>
internal sealed class Inspector(Checkout checkout)
{
    public const string Name = "inspector";

    private readonly string script = checkout.PeerScript("@modelcontextprotocol/inspector", "cli/build/cli.js");

    /// <summary>The names of the tools that the server lists.</summary>
    public async Task<IReadOnlyList<string>> ListToolsAsync(
        Uri endpoint,
        string? roots,
        string? token,
        CancellationToken cancellationToken
    )
    {
        var output = await RunAsync(endpoint, roots, token, ["--method", "tools/list"], cancellationToken);
        using var answer = JsonDocument.Parse(output);
        return
        [
            .. answer.RootElement.GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("name").GetString()!),
        ];
    }

    /// <summary>The text with which the echo tool answers.</summary>
    public async Task<string> EchoAsync(
        Uri endpoint,
        string? roots,
        string? token,
        string message,
        CancellationToken cancellationToken
    )
    {
        string[] call = ["--method", "tools/call", "--tool-name", "echo", "--tool-arg", $"message={message}"];
        var output = await RunAsync(endpoint, roots, token, call, cancellationToken);
        using var answer = JsonDocument.Parse(output);
        return answer.RootElement.GetProperty("content")[0].GetProperty("text").GetString()!;
    }

    /// <summary>Standard output of one run, as printed.</summary>
    public async Task<string> RunAsync(
        Uri endpoint,
        string? roots,
        string? token,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken
    )
    {
        var result = await TryRunAsync(endpoint, roots, token, arguments, cancellationToken);
        return result.Succeeded
            ? result.Output
            : throw new HopFailureException(Name, $"{endpoint}: {result.Error.Trim()} {result.Output.Trim()}".Trim());
    }

    public async Task<ToolResult> TryRunAsync(
        Uri endpoint,
        string? roots,
        string? token,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken
    )
    {
        var environment = await NameResolution.ForClientAsync(checkout, endpoint.Host, cancellationToken);
        if (roots is not null)
        {
            environment["NODE_EXTRA_CA_CERTS"] = roots;
        }

        string[] header = token is null ? [] : ["--header", $"Authorization: Bearer {token}"];
        return await Tool.RunAsync(
            "node",
            [script, "--cli", endpoint.AbsoluteUri, "--transport", "http", .. arguments, .. header],
            checkout.Peers,
            cancellationToken,
            environment
        );
    }
}
