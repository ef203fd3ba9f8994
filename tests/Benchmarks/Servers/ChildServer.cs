using Culvert.Stage.Hops;
using Culvert.Stage.Processes;

namespace Culvert.Benchmarks.Servers;

/// <summary>This program started again as one of its small servers, so that each measured part has a process of its own.</summary>
internal sealed class ChildServer : IAsyncDisposable
{
    private readonly ProgramProcess process;

    private ChildServer(ProgramProcess process) => this.process = process;

    public int Pid => process.Stamp.Pid;

    public static Task<ChildServer> StartAsync(
        string kind,
        int port,
        string folder,
        CancellationToken cancellationToken,
        params string[] arguments
    ) => StartAsync(kind, port, folder, new Dictionary<string, string>(), cancellationToken, arguments);

    /// <param name="kind">Which server.</param>
    /// <param name="port">Where it will listen, its first argument.</param>
    /// <param name="folder">For its log.</param>
    /// <param name="environment">Settings of its runtime.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="arguments">What follows the port.</param>
    public static async Task<ChildServer> StartAsync(
        string kind,
        int port,
        string folder,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken,
        params string[] arguments
    )
    {
        var command = new ProgramCommand(
            $"bench-{kind}",
            Environment.ProcessPath!,
            ["serve", kind, $"{port}", .. arguments],
            environment,
            folder
        );
        var process = new ProgramProcess(command, Path.Combine(folder, $"{kind}.log"), TimeProvider.System);
        process.Start();
        await Readiness.UntilListeningAsync(
            process,
            port,
            TimeSpan.FromSeconds(20),
            TimeProvider.System,
            cancellationToken
        );
        return new ChildServer(process);
    }

    public async ValueTask DisposeAsync() => await process.StopAsync(TimeSpan.FromSeconds(2), CancellationToken.None);
}
