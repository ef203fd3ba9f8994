using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Output;
using System.CommandLine;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Commands;

namespace Culvert.Identity.Cli.Invocation;

/// <summary>Flags that every command takes. Where a command has a flag of the same name (<c>issuer create --url</c>),
/// the global one goes before the noun or comes from the environment.</summary>
internal sealed class GlobalOptions
{
    public const string ProfileVariable = "CULVERT_PROFILE";
    public const string UrlVariable = "CULVERT_IDENTITY_URL";
    public const string CaFileVariable = "CULVERT_PLATFORM_CA";
    public const string CaSha256Variable = "CULVERT_PLATFORM_CA_SHA256";
    public const string AdminKeyFileVariable = "CULVERT_ADMIN_KEY_FILE";
    public const string OrganizationVariable = "CULVERT_ORGANIZATION_ID";
    public const string WorkspaceVariable = "CULVERT_WORKSPACE_ID";
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public Option<string?> Profile { get; } =
        Text("--profile", "NAME", $"a profile of $XDG_CONFIG_HOME/culvert/cli.yaml [{ProfileVariable}]");

    public Option<string?> Url { get; } = Text("--url", "URL", $"address of the identity service [{UrlVariable}]");

    public Option<string?> CaFile { get; } =
        Text("--ca-file", "FILE", $"PEM roots that the service must chain to; none: system roots [{CaFileVariable}]");

    public Option<string?> CaSha256 { get; } =
        Text("--ca-sha256", "HEX", $"pin of the platform root, instead of --ca-file [{CaSha256Variable}]");

    public Option<string?> AdminKeyFile { get; } =
        Text("--admin-key-file", "FILE", $"file with the admin key, mode 0600 [{AdminKeyFileVariable}]");

    public Option<string?> Organization { get; } =
        Text("--organization", "ID", $"refuse to change anything outside this one [{OrganizationVariable}]");

    public Option<string?> Workspace { get; } =
        Text("--workspace", "ID|NAME", $"workspace to work in [{WorkspaceVariable}]").Offering(Noun.Workspace);

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
            Description = "each request and its answer's status on standard error",
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
        // By default, completion offers the names of the enum's members, which no command line takes.
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
