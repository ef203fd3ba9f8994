using System.CommandLine;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Invocation;

internal sealed class CommandContext(ParseResult parse, GlobalOptions global, CliHost host) : IDisposable
{
    private ManagementClient? client;
    private Settings? settings;
    private CliProfile? profile;

    public CliHost Host { get; } = host;

    public Settings Settings => settings ??= SettingsReader.Read(parse, global, Host, Profile);

    /// <summary>The platform root, for commands that do not call the service.</summary>
    public string? CaFile =>
        parse.GetValue(global.CaFile) is { Length: > 0 } file ? file
        : Host.Variable(SettingVariables.CaFile) is { Length: > 0 } text ? text
        : Profile.CaFile;

    public OutputFormat Format => parse.GetValue(global.Output) ?? Profile.Output ?? OutputFormat.Table;

    public bool IsDryRun => parse.GetValue(global.DryRun);

    public bool IsQuiet => parse.GetValue(global.Quiet);

    private CliProfile Profile => profile ??= CliProfiles.Read(ProfileName, Host);

    private string? ProfileName =>
        parse.GetValue(global.Profile) is { Length: > 0 } flag ? flag
        : Host.Variable(SettingVariables.Profile) is { Length: > 0 } text ? text
        : null;

    public string? LastRequestId => client?.LastRequestId;

    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    /// <summary>Null only if the argument is optional; the parser requires all others.</summary>
    public T Get<T>(Argument<T> argument) => parse.GetValue(argument)!;

    /// <summary>The flag was given, possibly with an empty value.</summary>
    public bool Has(Option option) => parse.GetResult(option) is { Implicit: false };

    /// <summary>The service, connected on first use; with <c>--workspace</c> every further request names it.</summary>
    public async Task<ManagementClient> ClientAsync(CancellationToken cancel)
    {
        if (client is null)
        {
            client = await OrganizationClientAsync(cancel);
            if (Settings.Workspace is { } workspace)
            {
                client.UseWorkspace(await new NameResolver(client).IdAsync(Noun.Workspace, workspace, cancel));
            }
        }

        return client;
    }

    /// <summary>Like <see cref="ClientAsync"/> for the organization's own objects: no request names a workspace.</summary>
    public async Task<ManagementClient> OrganizationClientAsync(CancellationToken cancel) =>
        client ??= await ManagementClient.ConnectAsync(
            Settings,
            Credentials.Find(Settings, Host),
            Host.Time,
            Trace,
            cancel
        );

    public async Task<string> IdAsync(Noun noun, string nameOrId, CancellationToken cancel) =>
        await new NameResolver(await ClientAsync(cancel)).IdAsync(noun, nameOrId, cancel);

    public async Task<string> PathAsync(Noun noun, string nameOrId, CancellationToken cancel) =>
        noun.GetPath(await IdAsync(noun, nameOrId, cancel));

    /// <summary>A message for the operator, on standard error: scripts read only standard output.</summary>
    public void Note(string text)
    {
        if (!IsQuiet)
        {
            Host.Error.WriteLine(Output.CellText.Safe(text));
        }
    }

    /// <summary>
    /// Asks before a change that cannot be undone: the operator types the object's name, or has given <c>--yes</c>.
    /// <paramref name="deed"/> is a sentence without its full stop.
    /// </summary>
    public void Confirm(string deed, string name, bool yes)
    {
        if (yes || IsDryRun)
        {
            return;
        }

        if (!Host.CanAsk)
        {
            throw new CommandFailure(
                ExitCode.Usage,
                $"{deed}; this cannot be undone, and there is no terminal to confirm it on"
            )
            {
                Where = "no terminal",
                Next = "repeat the command with --yes",
            };
        }

        Host.Error.Write(Output.CellText.Safe($"{deed}. This cannot be undone. Type {name} to continue: "));
        Host.Error.Flush();
        if (Host.In.ReadLine()?.Trim() != name)
        {
            throw new CommandFailure(ExitCode.Refused, "the typed name does not match: nothing was changed");
        }
    }

    /// <summary>For commands whose changes are not requests that could be shown instead of sent.</summary>
    public void RefuseDryRun()
    {
        if (IsDryRun)
        {
            throw new CommandFailure(ExitCode.Usage, "this command cannot be tried without being done")
            {
                Where = "--dry-run",
                Next = "leave --dry-run out",
            };
        }
    }

    private void Trace(string line)
    {
        if (parse.GetValue(global.Verbose))
        {
            Host.Error.WriteLine(Output.CellText.Safe(line));
        }
    }

    public void Dispose() => client?.Dispose();
}
