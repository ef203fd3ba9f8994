using Culvert.Platform.Launching;
using Culvert.Stage.Processes;
using Culvert.Stage.RunState;

namespace Culvert.Stage.Hops;

/// <summary>A server, and routes to it that the running agent has only as long as a demonstration.</summary>
internal sealed class TemporaryRoutes(Installation installation, DemonstrationServer server, RunDirectory run)
{
    private readonly string configuration = run.File(TunnelAgent.AutomaticName, "agent.yaml");

    public DemonstrationServer Server => server;

    /// <param name="configure">Makes the agent's file with the routes from the one without. The server runs by then.</param>
    /// <param name="show">The demonstration.</param>
    public async Task<IReadOnlyList<string>> RunAsync(
        Func<string, string> configure,
        Func<Task<IReadOnlyList<string>>> show,
        CancellationToken cancellationToken
    )
    {
        var before = await File.ReadAllTextAsync(configuration, cancellationToken);
        var others = run.Ledger.Read();
        try
        {
            await server.StartAsync(cancellationToken);
            run.Ledger.Write([.. others, server.Process.Stamp]);
            await WriteAsync(configure(before), cancellationToken);
            return await show();
        }
        finally
        {
            await WriteAsync(before, CancellationToken.None);
            await server.Process.StopAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
            run.Ledger.Write(others);
        }
    }

    /// <summary>Runs a command of the agent's program with its file.</summary>
    public async Task<string> AgentAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var result = await Tool.RunAsync(
            Path.Combine(run.Binaries, Programs.TunnelAgent),
            [.. arguments, "--config", configuration],
            run.File(TunnelAgent.AutomaticName),
            cancellationToken
        );
        return result.Output;
    }

    // The agent reads its file again at a hang-up.
    private async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(configuration, text, cancellationToken);
        Signals.Send(installation.Agent.Process.Stamp, Signals.HangUp);
    }
}
