using System.CommandLine;
using Culvert.Platform.Configuration;

namespace Culvert.Platform.Programs;

/// <summary>The <c>config check|show|schema</c> command of the three programs, and their common options.</summary>
public static class ConfigCommand
{
    /// <summary><c>--config FILE</c>. Recursive: it applies to every command below the one that has it.</summary>
    public static Option<string?> ConfigOption { get; } =
        new("--config") { Description = "The configuration file.", Recursive = true };

    /// <summary><c>--profile NAME</c>.</summary>
    public static Option<string?> ProfileOption { get; } =
        new("--profile") { Description = "A profile in the configuration folder.", Recursive = true };

    /// <summary><c>--set KEY=VALUE</c>: the strongest source of a value.</summary>
    public static Option<string[]> SetOption { get; } =
        new("--set")
        {
            Description = "Override a value of the file, such as tunnel.connections=4; may be repeated.",
            Recursive = true,
            Validators =
            {
                result =>
                {
                    foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
                    {
                        result.AddError($"--set: '{token.Value}' is not KEY=VALUE.");
                    }
                },
            },
        };

    public static Command Create<T>(ConfigLocation location, Func<ConfigSection, T> read, Func<ConfigKeys> keys)
        where T : class
    {
        var check = new Command("check", "Validate the configuration and report every error.");
        check.SetAction(parsed => Check(parsed, Load(parsed, location, read)));
        var show = new Command("show", "Print the effective values and the source of each.");
        show.SetAction(parsed => Show(parsed, Load(parsed, location, read)));
        var schema = new Command("schema", "Print the JSON schema of the file.");
        schema.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(ConfigSchema.Write(location.Program, s => read(s), keys()));
            return ExitCodes.Done;
        });
        return new Command("config", "Validate or show the configuration.") { check, show, schema };
    }

    public static ConfigResult<T> Load<T>(ParseResult parsed, ConfigLocation location, Func<ConfigSection, T> read)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(parsed);
        ArgumentNullException.ThrowIfNull(location);
        var environment = ConfigLoader.ProcessEnvironment();
        return ConfigLoader.Load(location, FindFile(parsed, location), read, environment, Flags(parsed));
    }

    public static string FindFile(ParseResult parsed, ConfigLocation location)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        ArgumentNullException.ThrowIfNull(location);
        var environment = ConfigLoader.ProcessEnvironment();
        return location.FindFile(parsed.GetValue(ConfigOption), parsed.GetValue(ProfileOption), environment);
    }

    /// <summary>The values of <see cref="SetOption"/>; of two values for one key the later.</summary>
    public static IReadOnlyDictionary<string, string> Flags(ParseResult parsed)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in parsed.GetValue(SetOption) ?? [])
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            flags[text[..equals]] = text[(equals + 1)..];
        }

        return flags;
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
