using System.CommandLine;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>
/// Flags of every command. If a command has a flag of the same name (<c>issuer create --url</c>), the global one must
/// precede the noun or be set by its variable.
/// </summary>
internal sealed class GlobalOptions
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public Option<string?> Profile { get; } =
        Text("--profile", "NAME", $"a profile of $XDG_CONFIG_HOME/culvert/cli.yaml [{SettingVariables.Profile}]");

    public Option<string?> Url { get; } =
        Text("--url", "URL", $"address of the identity service [{SettingVariables.Url}]");

    public Option<string?> CaFile { get; } =
        Text(
            "--ca-file",
            "FILE",
            $"PEM root certificates for the service; if not set: system roots [{SettingVariables.CaFile}]"
        );

    public Option<string?> CaSha256 { get; } =
        Text("--ca-sha256", "HEX", $"pin of the platform root, instead of --ca-file [{SettingVariables.CaSha256}]");

    public Option<string?> AdminKeyFile { get; } =
        Text("--admin-key-file", "FILE", $"file with the admin key, mode 0600 [{SettingVariables.AdminKeyFile}]");

    public Option<string?> Organization { get; } =
        Text("--organization", "ID", $"refuse to change anything outside this one [{SettingVariables.Organization}]");

    public Option<string?> Workspace { get; } =
        Text("--workspace", "ID|NAME", $"workspace to work in [{SettingVariables.Workspace}]").Offering(Noun.Workspace);

    public Option<OutputFormat?> Output { get; } = Formats();

    public Option<bool> DryRun { get; } =
        new("--dry-run")
        {
            Description = "send no change: print the first request that would be one",
            Recursive = true,
        };

    public Option<bool> Quiet { get; } =
        new("--quiet", "-q") { Description = "no progress and no notes on standard error", Recursive = true };

    public Option<bool> Verbose { get; } =
        new("--verbose", "-v")
        {
            Description = "print each request and its response status to standard error",
            Recursive = true,
        };

    public Option<TimeSpan?> Timeout { get; } =
        new("--timeout")
        {
            Description = "of one request (default: 30s)",
            HelpName = "DURATION",
            Recursive = true,
            CustomParser = argument => Durations.Parser(TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1))(argument),
        };

    public IEnumerable<Option> All =>
        [
            Profile,
            Url,
            CaFile,
            CaSha256,
            AdminKeyFile,
            Organization,
            Workspace,
            Output,
            Quiet,
            Verbose,
            Timeout,
            DryRun,
        ];

    private static Option<OutputFormat?> Formats()
    {
        var option = new Option<OutputFormat?>("--output", "-o")
        {
            Description = "table (default), wide (more columns), json (the wire's own), yaml or name (ids only)",
            HelpName = "FORMAT",
            Recursive = true,
            CustomParser = argument =>
            {
                var word = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
                if (OutputFormats.Parse(word) is not { } format)
                {
                    argument.AddError($"--output '{word}': use {OutputFormats.Words}");
                    return OutputFormat.Table;
                }

                return format;
            },
        };
        // By default, completion offers the enum's member names, which no command line accepts.
        option.CompletionSources.Clear();
        option.CompletionSources.Add(OutputFormats.Names);
        return option;
    }

    private static Option<string?> Text(string name, string value, string description) =>
        new(name)
        {
            Description = description,
            HelpName = value,
            Recursive = true,
        };
}
