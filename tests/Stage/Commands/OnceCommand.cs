using Culvert.Stage.Hops;
using Culvert.Stage.Ports;
using Culvert.Stage.Reporting;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Commands;

/// <summary>
/// The first step of the path: the unmodified client calls the MCP server directly. The hops between them are named as
/// missing; nothing stands in for them.
/// </summary>
internal sealed class OnceCommand(Checkout checkout, StepReporter steps, TimeProvider time)
{
    private static readonly string[] Missing =
    [
        "idp",
        "identity-service",
        "enterprise-ca",
        "tunnel-edge",
        "tunnel-agent",
        "tunnel-agent-manual",
    ];

    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(2);

    public async Task<int> RunAsync(PortPlan ports, CancellationToken cancellationToken)
    {
        var run = new RunDirectory(Path.Combine(checkout.RunFolder, "once"), time);
        using var runLock = RunLock.TryTake(run.Path);
        if (runLock is null)
        {
            steps.Line("another plain ./quickstart is running in this checkout");
            return ExitCode.TryAgain;
        }

        await run.StopRecordedAsync(StopGrace, cancellationToken);
        run.Delete();
        run.Create();
        var server = new McpServer(checkout, run, ports.McpServer, time);
        try
        {
            await steps.RunAsync(
                "mcp-server",
                server.Process.LogFile,
                async () =>
                {
                    var starting = server.StartAsync(cancellationToken);
                    run.Ledger.Write([server.Process.Stamp]);
                    await starting;
                    return $"ready on {server.Endpoint}";
                }
            );
            var inspector = new Inspector(checkout);
            await steps.RunAsync(
                "inspector: tools/call echo, directly",
                server.Process.LogFile,
                async () => await inspector.EchoAsync(server.Endpoint, roots: null, "hello", cancellationToken)
            );
        }
        finally
        {
            await run.StopRecordedAsync(StopGrace, CancellationToken.None);
        }

        steps.Line($"missing hops: {string.Join(", ", Missing)}");
        return ExitCode.Failed;
    }
}
