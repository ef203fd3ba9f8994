using System.CommandLine;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Edge.Configuration;

namespace Culvert.Tunnel.Edge.Commands;

internal static class EdgeCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args, InvocationConfiguration? invocation = null)
    {
        invocation ??= new InvocationConfiguration();
        invocation.ProcessTerminationTimeout = null; // the run command handles signals
        invocation.EnableDefaultExceptionHandler = false; // ProgramEntry reports what no command handles
        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await invocation.Error.WriteLineAsync(error.Message);
            }

            await invocation.Error.WriteLineAsync("Try: tunnel-edge --help");
            return ExitCodes.Usage;
        }

        return await parsed.InvokeAsync(invocation);
    }

    public static RootCommand Create()
    {
        var run = new Command("run", "Relay clients to agents until SIGTERM.");
        run.SetAction((parsed, _) => RunCommand.RunAsync(parsed));
        var health = new Command("health", "Check whether the running edge is ready.");
        health.SetAction(
            (parsed, cancel) =>
                WithSettingsAsync(
                    parsed,
                    settings => HealthCommand.RunAsync(settings, Output(parsed), Error(parsed), cancel)
                )
        );
        var resume = new Option<bool>("--resume") { Description = "Accept agents and clients again." };
        var drain = new Command("drain", "Send the running edge's agents and clients elsewhere.") { resume };
        drain.SetAction(
            (parsed, cancel) =>
                WithSettingsAsync(
                    parsed,
                    settings =>
                        DrainCommand.RunAsync(
                            settings,
                            parsed.GetValue(resume),
                            Output(parsed),
                            Error(parsed),
                            TimeProvider.System,
                            cancel
                        )
                )
        );
        var version = new Command("version", "Print the version.");
        version.SetAction(parsed =>
        {
            Output(parsed).WriteLine($"tunnel-edge {ProductVersion.Text}");
            return ExitCodes.Done;
        });
        var root = new RootCommand("Blind relay between clients and tunnel agents.")
        {
            run,
            drain,
            ConfigCommand.Create(ConfigLocation.Edge, EdgeSettingsReader.Read, RunCommand.DescribeKeys),
            DoctorCommand.Create(),
            health,
            version,
        };
        root.Options.Add(ConfigCommand.ConfigOption);
        root.Options.Add(ConfigCommand.ProfileOption);
        root.Options.Add(ConfigCommand.SetOption);
        return root;
    }

    private static async Task<int> WithSettingsAsync(ParseResult parsed, Func<EdgeSettings, Task<int>> action)
    {
        var loaded = ConfigCommand.Load(parsed, ConfigLocation.Edge, EdgeSettingsReader.Read);
        return loaded.IsValid ? await action(loaded.Settings) : ProgramHost.Report(loaded.Errors, Error(parsed));
    }

    private static TextWriter Output(ParseResult parsed) => parsed.InvocationConfiguration.Output;

    private static TextWriter Error(ParseResult parsed) => parsed.InvocationConfiguration.Error;
}
