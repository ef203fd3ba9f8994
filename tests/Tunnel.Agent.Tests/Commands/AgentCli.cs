using System.CommandLine;
using Culvert.Platform.Programs;

namespace Culvert.Tunnel.Agent.Tests.Commands;

/// <summary>Runs one command of the agent in this process, with the options that all of them share.</summary>
internal static class AgentCli
{
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        Command command,
        params string[] arguments
    )
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var root = new RootCommand
        {
            ConfigCommand.ConfigOption,
            ConfigCommand.ProfileOption,
            ConfigCommand.SetOption,
            command,
        };
        var parsed = root.Parse([command.Name, .. arguments]);
        var status = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (status, output.ToString(), error.ToString());
    }
}
