using System.CommandLine;
using Culvert.Machine.Client.Reloading;
using Culvert.Platform.Configuration;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Hosting;
using Culvert.Tunnel.Agent.Pipeline;

namespace Culvert.Tunnel.Agent.Commands;

internal static class RunCommand
{
    public static Command Create()
    {
        var command = new Command("run", "Connect to the tunnel's edges and serve the routes until stopped.");
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var error = parsed.InvocationConfiguration.Error;
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read);
        if (!loaded.IsValid)
        {
            return ProgramHost.Report(loaded.Errors, error);
        }

        try
        {
            using var state = StateDirectory.Open(loaded.Settings.StateDirectory);
            return await ProgramHost.RunAsync(token => ServeAsync(parsed, loaded, state, token));
        }
        catch (StateDirectoryException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
        catch (IOException e)
        {
            // Only the health listener is open at this point; its port is probably in use.
            await error.WriteLineAsync($"health.listen: {e.Message}");
            return ExitCodes.Failed;
        }
    }

    private static async Task<int> ServeAsync(
        ParseResult parsed,
        ConfigResult<AgentSettings> loaded,
        StateDirectory state,
        CancellationToken cancellationToken
    )
    {
        using var levels = new LogLevels(loaded.Settings!.Log.Level);
        var subject = new LogSubject(loaded.Settings.Tunnel.Id);
        using var loggers = LoggingExtensions.CreateLoggerFactory(
            loaded.Settings.Log,
            levels: levels,
            subject: subject
        );
        using var lines = new RecentLines(TimeProvider.System);
        loggers.AddProvider(lines);
        var watch = new ConfigWatch<AgentSettings>(
            ConfigCommand.FindFile(parsed, ConfigLocation.Agent),
            () => ConfigCommand.Load(parsed, ConfigLocation.Agent, AgentConfiguration.Read),
            loaded,
            IsReloadable,
            TimeProvider.System,
            loggers.CreateLogger("Culvert.Configuration")
        );
        WorkerThreads.Reserve();
        using var hangUp = HangUpSignal.Hurries(watch);
        using var traces = Traces.Start(loaded.Settings.Telemetry, "tunnel-agent", CallSpan.SourceName);
        using var export = MetricsExport.Start(loaded.Settings.Telemetry, "tunnel-agent");
        await using var runtime = new AgentRuntime(
            loaded.Settings,
            state,
            new AgentTelemetry(loggers)
            {
                Lines = lines,
                Levels = levels,
                Subject = subject,
                Traces = traces,
                Metrics = export,
            },
            TimeProvider.System,
            watch
        );
        using var idle = IdleCollection.Start(TimeProvider.System);
        await runtime.RunAsync(cancellationToken);
        return ExitCodes.Done;
    }

    private static readonly ReloadableKeys Reloadable = new([
        .. SharedSections.Reloadable,
        "routes.",
        "issuers.",
        "tunnels[",
        "tunnel.edges",
        "tunnel.connections",
        "tunnel.dial_timeout",
        "tunnel.drain_timeout",
        "tunnel.max_connections",
        "tunnel.max_streams",
        "tunnel.max_header_bytes",
        "certificates.",
        "acme.",
        "identity.mode",
        "identity.tunnel_token",
        "audit.rotate.",
        "audit.disk_reserve",
        "audit.on_full",
        "audit.arguments",
        "audit.answers",
        "audit.export",
    ]);

    /// <summary>True for all keys except the agent's identity: its service, its tunnel, and its persistent state.</summary>
    internal static bool IsReloadable(string key) => Reloadable.Contains(key);

    /// <summary>Descriptions of the file's keys, and whether a reload may change them.</summary>
    internal static ConfigKeys DescribeKeys() =>
        new(IsReloadable, typeof(ConfigKeys).Assembly, typeof(SharedSections).Assembly, typeof(RunCommand).Assembly);
}
