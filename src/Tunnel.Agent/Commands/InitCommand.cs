using System.CommandLine;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary><c>tunnel-agent init</c>: writes and validates the first configuration. It has no secrets.</summary>
internal static class InitCommand
{
    private static readonly InstallationOptions Installation = new(areRequired: true);

    private static readonly Option<string[]> Routes = new("--route")
    {
        Description = "An MCP server, as NAME=URL; may be repeated.",
        HelpName = "NAME=URL",
        Required = true,
    };

    private static readonly Option<bool> Force = new("--force") { Description = "Replace a file that exists." };

    public static Command Create()
    {
        var command = new Command("init", "Write a first configuration.") { Routes, Force };
        Installation.AddTo(command);
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var routes = new List<InitialRoute>();
        foreach (var text in parsed.GetValue(Routes) ?? [])
        {
            if (!InitialRoute.TryParse(text, out var route))
            {
                error.WriteLine($"--route: '{ConfigText.Printable(text)}' is not NAME=URL with http or https.");
                return ExitCodes.Usage;
            }

            routes.Add(route);
        }

        var path = Path.GetFullPath(ConfigCommand.FindFile(parsed, ConfigLocation.Agent));
        if (File.Exists(path) && !parsed.GetValue(Force))
        {
            error.WriteLine($"{path} exists: read it, or replace it with --force.");
            return ExitCodes.Failed;
        }

        try
        {
            var errors = ConfigFiles.Put(path, CreateFile(parsed, routes).ToYaml());
            if (errors.Count > 0)
            {
                return ProgramHost.Report(errors, error);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{path} cannot be written: {e.Message}");
            return ExitCodes.Failed;
        }

        var how = parsed.GetValue(ConfigCommand.ProfileOption) is { } profile
            ? $"--profile {profile}"
            : $"--config {path}";
        output.WriteLine($"wrote {path}");
        output.WriteLine($"next: tunnel-agent doctor {how}");
        output.WriteLine($"next: tunnel-agent run {how}");
        return ExitCodes.Done;
    }

    private static InitialFile CreateFile(ParseResult parsed, IReadOnlyList<InitialRoute> routes)
    {
        var state = parsed.GetValue(ConfigCommand.ProfileOption) is { } profile
            ? ConfigLocation.Agent.FindState(profile, ConfigLoader.ProcessEnvironment())
            : InitialFile.DefaultState;
        return Installation.Read(parsed, state, routes);
    }
}
