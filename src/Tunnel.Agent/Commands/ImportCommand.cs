using System.CommandLine;
using System.Text;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Imports;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary>
/// <c>tunnel-agent import-tunnel-client</c> and <c>import-proxy-config</c>: converts the file of another provider's
/// program to an <c>agent.yaml</c>, and lists all settings that have no equivalent. No secret of the file is printed.
/// </summary>
internal static class ImportCommand
{
    private static readonly InstallationOptions Installation = new(areRequired: false);

    private static readonly Argument<string> Source = new("FILE") { Description = "The file to import." };

    private static readonly Option<string?> Target = new("--out")
    {
        Description = "Write the configuration to a new file that only its owner can read (default: standard output).",
        HelpName = "FILE",
    };

    private static readonly Option<string> Secrets = new("--secrets")
    {
        Description = "The folder where you will put secrets that the file contains (default: /etc/culvert).",
        HelpName = "DIR",
        DefaultValueFactory = _ => "/etc/culvert",
    };

    public static Command CreateTunnelClient() =>
        Create(
            "import-tunnel-client",
            "Print an agent.yaml made from the configuration file of tunnel-client, OpenAI's long-poll agent.",
            TunnelClientImport.Map
        );

    public static Command CreateProxyConfig() =>
        Create(
            "import-proxy-config",
            "Print an agent.yaml made from the config.yaml of mcp-gateway, Anthropic's connector proxy.",
            ProxyConfigImport.Map
        );

    private static Command Create(string name, string description, Action<ImportedFile, YamlMap> map)
    {
        var command = new Command(name, description) { Source, Target, Secrets };
        Installation.AddTo(command);
        command.SetAction(parsed => Run(parsed, map));
        return command;
    }

    private static int Run(ParseResult parsed, Action<ImportedFile, YamlMap> map)
    {
        var error = parsed.InvocationConfiguration.Error;
        var file = new ImportedFile(
            ConfigDocument.LoadForeign(parsed.GetRequiredValue(Source)),
            ConfigLoader.ProcessEnvironment(),
            parsed.GetRequiredValue(Secrets)
        );
        foreach (var (key, option) in Installation.FindExamples(parsed))
        {
            file.ToDo(key, $"This is an example. Replace it, or import again with {option}.");
        }

        var result = ConfigurationImport.Run(file, Installation.Read(parsed, InitialFile.DefaultState, []), map);
        if (result.Errors.Count > 0)
        {
            return ProgramHost.Report(result.Errors, error);
        }

        var path = parsed.GetValue(Target);
        if (!Write(parsed, path, result.Text))
        {
            return ExitCodes.Failed;
        }

        foreach (var note in result.Notes)
        {
            error.WriteLine(note);
        }

        // What the agent would refuse now: files and variables that do not exist yet.
        foreach (var problem in ConfigFiles.Check(path ?? "agent.yaml", result.Text))
        {
            error.WriteLine($"to do: {problem}");
        }

        return ExitCodes.Done;
    }

    private static bool Write(ParseResult parsed, string? path, string text)
    {
        if (path is null)
        {
            parsed.InvocationConfiguration.Output.Write(text);
            return true;
        }

        try
        {
            PrivateFile.WriteNew(path, Encoding.UTF8.GetBytes(text));
            parsed.InvocationConfiguration.Output.WriteLine($"wrote {path}");
            return true;
        }
        catch (IOException) when (Path.Exists(path))
        {
            parsed.InvocationConfiguration.Error.WriteLine($"{path} exists, and is not replaced: name another file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"{path} cannot be written: {e.Message}");
        }

        return false;
    }
}
