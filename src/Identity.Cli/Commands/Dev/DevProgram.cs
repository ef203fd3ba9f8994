using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Launching;

namespace Culvert.Identity.Cli.Commands.Dev;

internal sealed class DevProgram : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // A process that runs for minutes does not benefit from profile-guided recompilation.
    private static readonly IReadOnlyDictionary<string, string> Variables = new Dictionary<string, string>
    {
        ["DOTNET_TieredPGO"] = "0",
    };

    private readonly TimeProvider time;
    private readonly ProgramProcess process;
    private readonly HealthProbe health;

    public DevProgram(string name, string file, DevFolder folder, int healthPort, TimeProvider time)
    {
        (this.time, health) = (time, new HealthProbe(healthPort));
        ConfigurationFile = folder.File(name, $"{name}.yaml");
        process = NewProcess(name, file, ["run", "--config", ConfigurationFile], folder, time);
    }

    public string Name => process.Name;

    public string ConfigurationFile { get; }

    public bool IsAlive => process.IsAlive;

    public static async Task<string> RunAsync(
        string name,
        string file,
        IReadOnlyList<string> arguments,
        DevFolder folder,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        using var process = NewProcess(name, file, arguments, folder, time);
        process.Start();
        try
        {
            var ended = await process.WaitForEndAsync(StartLimit, cancel);
            return ended && process.ExitCode == 0
                ? await System.IO.File.ReadAllTextAsync(process.LogFile, cancel)
                : throw Failure(process, ended ? $"exit code {process.ExitCode}" : "it does not exit");
        }
        finally
        {
            await process.KillAsync(CancellationToken.None);
        }
    }

    public void Start(string yaml)
    {
        System.IO.File.WriteAllText(ConfigurationFile, yaml);
        process.Start();
    }

    /// <summary>Waits until the program is ready, apart from the tolerated check.</summary>
    /// <param name="tolerated">A readiness check that may fail; its detail is returned.</param>
    public async Task<string> WaitAsync(string? tolerated, CancellationToken cancel)
    {
        var detail = "";
        var problem = await ProcessReadiness.WaitAsync(
            process,
            async token =>
            {
                (var obstacle, detail) = await health.ReadAsync(tolerated, token);
                return obstacle;
            },
            StartLimit,
            time,
            cancel
        );
        return problem.Length == 0 ? detail : throw Failure(process, problem);
    }

    public CommandFailure Ended() => Failure(process, "it exited unexpectedly");

    public async ValueTask DisposeAsync()
    {
        if (process.Stamp.Pid != 0)
        {
            await process.StopAsync(Grace, CancellationToken.None);
        }

        process.Dispose();
    }

    private static ProgramProcess NewProcess(
        string name,
        string file,
        IReadOnlyList<string> arguments,
        DevFolder folder,
        TimeProvider time
    ) =>
        new(
            new ProgramCommand(name, file, arguments, Variables, folder.Path) { EndsWithCaller = true },
            folder.File("logs", $"{name}.log"),
            time
        );

    private static CommandFailure Failure(ProgramProcess process, string problem) =>
        new(ExitCode.Failed, $"{process.Name}: {problem}")
        {
            Where = DevFolder.Tail(process.LogFile),
            Next = "repeat with --keep to read its whole log",
        };
}
