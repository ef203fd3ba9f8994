using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Providers;
using Culvert.Machine.Client.Tokens;

namespace Culvert.Identity.Cli.Commands.Provider;

internal static class ProviderCommands
{
    private static readonly TimeSpan DefaultRenewBefore = TimeSpan.FromDays(30);

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group("provider", "tunnels of other providers that agents serve", [Setup(verbs)]);

    private static Command Setup(VerbFactory verbs)
    {
        var flags = new ProviderFlags();
        return verbs.Create(
            "setup",
            "create or attach a provider's tunnel and register the CA; a repeat changes only what is missing",
            (context, cancel) => RunAsync(context, flags, cancel),
            flags.All
        );
    }

    private static async Task<CommandResult> RunAsync(
        CommandContext context,
        ProviderFlags flags,
        CancellationToken cancel
    )
    {
        var culvert = context.Get(flags.Tunnel) is { } tunnel ? new CulvertSide(context, tunnel) : null;
        var file = context.Get(flags.CaFile);
        if ((culvert is null) == (file is null))
        {
            throw Usage(
                "name either the Culvert tunnel whose authorities are registered, or the file of a CA certificate",
                "--tunnel, --ca-certificate"
            );
        }

        var identity = ReadIdentity(context, flags);
        var authorities = culvert is null
            ? [CompanyAuthority.Read(InFile.ReadText(file!), file!)]
            : await culvert.ReadAuthoritiesAsync(cancel);
        var options = new ProviderSetupOptions
        {
            TunnelId = context.Get(flags.TunnelId),
            Name = context.Get(flags.Name) ?? ProviderFlags.DefaultName,
            Authorities = authorities,
            ArchiveOthers = context.Get(flags.ArchiveOthers),
            TokenFile = context.Get(flags.ConnectorTokenFile),
            IsDryRun = context.IsDryRun,
        };
        using var provider = new ProviderClient(identity, context.Host.Time);
        var setup = new ProviderSetup(provider, options, context.Host.Time);
        var found = await setup.RunAsync(cancel);
        var actions = setup.Actions.ToList();
        var isUnapproved =
            culvert is not null && found is not null && await culvert.ClaimAsync(found.Domain, actions.Add, cancel);
        var todo = FindToDo(context, flags, authorities, isUnapproved ? found!.Domain : null);
        return Describe(context, flags, found, actions, todo);
    }

    // The steps that the command cannot do itself.
    private static List<string> FindToDo(
        CommandContext context,
        ProviderFlags flags,
        IReadOnlyList<CompanyAuthority> authorities,
        string? unapproved
    )
    {
        var todo = new List<string>();
        var last = authorities.Where(a => !a.IsKept).Max(a => a.NotAfter);
        if (last - context.Host.Time.GetUtcNow() <= (context.Get(flags.RenewBefore) ?? DefaultRenewBefore))
        {
            todo.Add(
                $"the newest CA expires {Moments.Text(last)}: issue the next one, and repeat this command with it before then"
            );
        }

        if (unapproved is not null)
        {
            todo.Add(
                $"an installation operator approves the domain: culvert tunnel hostname approve {context.Get(flags.Tunnel)} '*.{unapproved}'"
            );
        }

        return todo;
    }

    private static CommandResult Describe(
        CommandContext context,
        ProviderFlags flags,
        ProviderTunnel? tunnel,
        List<string> actions,
        List<string> todo
    )
    {
        var outcome =
            actions.Count == 0 ? "unchanged"
            : context.IsDryRun ? "dry_run"
            : "changed";
        // Written as comments, so that the output is a valid section of agent.yaml.
        var yaml = tunnel is null
            ? ""
            : TunnelsSection.Write(
                tunnel.Domain,
                context.Get(flags.Routes) ?? [],
                context.Get(flags.Tunnel) is not null
            );
        var lines = actions
            .Select(a => context.IsDryRun ? $"# would: {a}" : $"# done: {a}")
            .DefaultIfEmpty($"# nothing was changed: {tunnel?.Id} is as it should be")
            .Concat(todo.Select(t => $"# to do: {t}"))
            .Append(context.IsDryRun ? "# nothing was changed" : "")
            .Where(l => l.Length > 0)
            .Distinct();
        return CommandResult.Object(
            new JsonObject
            {
                ["outcome"] = outcome,
                ["tunnel_id"] = tunnel?.Id,
                ["domain"] = tunnel?.Domain,
                ["actions"] = WireJson.ToJsonArray(actions),
                ["to_do"] = WireJson.ToJsonArray(todo),
                ["agent_yaml"] = yaml,
            }
        ) with
        {
            Plain = (string.Join('\n', lines.Select(CellText.Safe)) + "\n" + yaml).TrimEnd('\n'),
            ExitCode = todo.Count > 0 ? ExitCode.CheckFailed : ExitCode.Done,
        };
    }

    private static IdentityOptions ReadIdentity(CommandContext context, ProviderFlags flags)
    {
        if (
            !Uri.TryCreate(context.Get(flags.ApiUrl), UriKind.Absolute, out var url)
            || !ProviderClient.IsConfidential(url)
        )
        {
            throw Usage("the URL must start with https:// (http:// only to this machine)", "--api-url");
        }

        return new IdentityOptions
        {
            Url = url,
            CaFile = context.Get(flags.ApiCaFile) ?? "",
            OrganizationId = context.Get(flags.Organization)!,
            RuleId = context.Get(flags.Rule)!,
            ServiceAccountId = context.Get(flags.ServiceAccount) ?? "",
            WorkspaceId = context.Get(flags.Workspace) ?? "",
            Token = new IdentityTokenOptions
            {
                File = context.Get(flags.TokenFile) ?? "",
                Audience = context.Get(flags.Audience) ?? url.GetLeftPart(UriPartial.Authority),
            },
        };
    }

    private static CommandFailure Usage(string problem, string where) =>
        new(ExitCode.Usage, problem) { Where = where, Next = "culvert provider setup --help" };
}
