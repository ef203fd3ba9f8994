using System.CommandLine;
using Culvert.Platform.Configuration;

namespace Culvert.Platform.Programs;

/// <summary>The <c>config check|show|schema</c> command that the three programs share, and their two common options.</summary>
public static class ConfigCommand
{
    /// <summary><c>--config FILE</c>. Made recursive: it counts for every command below the one it is added to.</summary>
    public static Option<string?> ConfigOption { get; } =
        new("--config") { Description = "The configuration file.", Recursive = true };

    /// <summary><c>--profile NAME</c>.</summary>
    public static Option<string?> ProfileOption { get; } =
        new("--profile") { Description = "A profile in the configuration folder.", Recursive = true };

    /// <summary>Makes the command.</summary>
    /// <param name="location">Which program.</param>
    /// <param name="read">The reader that the program itself uses.</param>
    public static Command Create<T>(ConfigLocation location, Func<ConfigSection, T> read)
        where T : class
    {
        var check = new Command("check", "Validate the configuration and report every error.");
        check.SetAction(parsed => Check(parsed, Load(parsed, location, read)));
        var show = new Command("show", "Print the effective values and where each comes from.");
        show.SetAction(parsed => Show(parsed, Load(parsed, location, read)));
        var schema = new Command("schema", "Print the JSON schema of the file.");
        schema.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(ConfigSchema.Write(location.Program, s => read(s)));
            return ExitCodes.Done;
        });
        return new Command("config", "Validate or show the configuration.") { check, show, schema };
    }

    /// <summary>Loads what the two options name.</summary>
    public static ConfigResult<T> Load<T>(
        ParseResult parsed,
        ConfigLocation location,
        Func<ConfigSection, T> read,
        IReadOnlyDictionary<string, string>? flags = null
    )
        where T : class
    {
        var environment = ConfigLoader.ProcessEnvironment();
        var path = location.FindFile(parsed.GetValue(ConfigOption), parsed.GetValue(ProfileOption), environment);
        return ConfigLoader.Load(location, path, read, environment, flags);
    }

    private static int Check<T>(ParseResult parsed, ConfigResult<T> result)
        where T : class
    {
        if (!result.IsValid)
        {
            return ProgramHost.Report(result.Errors, parsed.InvocationConfiguration.Error);
        }

        parsed.InvocationConfiguration.Output.WriteLine("The configuration is valid.");
        return ExitCodes.Done;
    }

    private static int Show<T>(ParseResult parsed, ConfigResult<T> result)
        where T : class
    {
        foreach (var (path, text, source) in result.Values)
        {
            var shown = text.Length == 0 ? "\"\"" : ConfigText.Printable(text);
            parsed.InvocationConfiguration.Output.WriteLine($"{path}: {shown}  # {source}");
        }

        return result.IsValid
            ? ExitCodes.Done
            : ProgramHost.Report(result.Errors, parsed.InvocationConfiguration.Error);
    }
}
