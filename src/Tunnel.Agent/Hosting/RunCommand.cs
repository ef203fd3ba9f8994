using System.CommandLine;
using Culvert.Platform.Configuration;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary><c>tunnel-agent run</c>.</summary>
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
            return await ProgramHost.RunAsync(token => ServeAsync(loaded.Settings, state, token));
        }
        catch (StateDirectoryException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCodes.Failed;
        }
        catch (IOException e)
        {
            // Before anything is served there is one listener: a taken port, mostly.
            await error.WriteLineAsync($"health.listen: {e.Message}");
            return ExitCodes.Failed;
        }
    }

    private static async Task<int> ServeAsync(
        AgentSettings settings,
        StateDirectory state,
        CancellationToken cancellationToken
    )
    {
        using var loggers = LoggingExtensions.CreateLoggerFactory(settings.Log);
        await using var runtime = new AgentRuntime(settings, state, loggers, TimeProvider.System);
        await runtime.RunAsync(cancellationToken);
        return ExitCodes.Done;
    }
}
