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
        var (status, error) = await RunAsync(output, command, arguments, TestContext.Current.CancellationToken);
        return (status, output.ToString(), error);
    }

    /// <summary>Runs it until it ends or is stopped, as by Ctrl+C; what it prints can be read meanwhile.</summary>
    public static async Task<(int ExitCode, string Error)> RunAsync(
        TextWriter output,
        Command command,
        string[] arguments,
        CancellationToken cancellationToken
    )
    {
        using var error = new StringWriter();
        var root = new RootCommand
        {
            ConfigCommand.ConfigOption,
            ConfigCommand.ProfileOption,
            ConfigCommand.SetOption,
            command,
        };
        var parsed = root.Parse([command.Name, .. arguments]);
        var invocation = new InvocationConfiguration { Output = output, Error = error };
        return (await parsed.InvokeAsync(invocation, cancellationToken), error.ToString());
    }
}
