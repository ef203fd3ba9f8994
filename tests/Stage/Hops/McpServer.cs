using System.Globalization;
using Culvert.Stage.Processes;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>The private MCP server: the npm reference server with every feature, over Streamable HTTP, on loopback alone.</summary>
internal sealed class McpServer(Checkout checkout, RunDirectory run, int port, TimeProvider time)
{
    public const string Name = "mcp-server";

    public ProgramProcess Process { get; } =
        new(
            new ProgramCommand(
                Name,
                "node",
                [
                    "--import",
                    Path.Combine(checkout.Peers, "loopback.mjs"),
                    checkout.PeerScript("@modelcontextprotocol/server-everything", "dist/index.js"),
                    "streamableHttp",
                ],
                new Dictionary<string, string> { ["PORT"] = port.ToString(CultureInfo.InvariantCulture) },
                checkout.Peers
            ),
            run.LogFile(Name),
            time
        );

    /// <summary>Scheme, host and port, as a route's <c>upstream.url</c> wants it.</summary>
    public Uri Upstream { get; } = new($"http://127.0.0.1:{port}");

    /// <summary>Where a client that is allowed inside calls it directly.</summary>
    public Uri Endpoint { get; } = new($"http://127.0.0.1:{port}/mcp");

    public void Start() => Process.Start();

    public Task WaitAsync(CancellationToken cancellationToken) =>
        Readiness.UntilListeningAsync(Process, port, TimeSpan.FromSeconds(30), time, cancellationToken);
}
