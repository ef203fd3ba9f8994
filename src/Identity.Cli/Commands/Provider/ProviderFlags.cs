using System.CommandLine;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands.Provider;

internal sealed class ProviderFlags
{
    public const string DefaultName = "culvert";

    public Option<string> ApiUrl { get; } = Flags.Required("--api-url", "URL", "the provider's management API");

    public Option<string?> ApiCaFile { get; } =
        Flags.Text("--api-ca-file", "FILE", "PEM file of the roots that vouch for it (default: the system's)");

    public Option<string> Organization { get; } =
        Flags.Required("--provider-organization", "ID", "the organization's id at the provider");

    public Option<string?> Workspace { get; } =
        Flags.Text("--provider-workspace", "ID", "the workspace there, if the rule covers several");

    public Option<string> Rule { get; } =
        Flags.Required(
            "--rule",
            "ID",
            "the provider's federation rule (fdrl_…) with the scope workspace:manage_tunnels"
        );

    public Option<string?> ServiceAccount { get; } =
        Flags.Text("--service-account", "ID", "fail unless the sign-in yields this service account of the provider");

    public Option<string?> TokenFile { get; } =
        Flags.Text(
            "--token-file",
            "FILE",
            "file with the identity provider's token, read at each sign-in (default: as the platform here gives it)"
        );

    public Option<string?> Audience { get; } =
        Flags.Text(
            "--audience",
            "TEXT",
            "the audience that a platform's token is requested for (default: scheme and host of --api-url)"
        );

    public Option<string?> TunnelId { get; } =
        Flags.Text("--tunnel-id", "ID", "attach this tunnel of the provider instead of the one with --name");

    public Option<string?> Name { get; } =
        Flags.Text(
            "--name",
            "NAME",
            $"the tunnel's name at the provider; created if there is none (default: {DefaultName})"
        );

    public Option<string?> Tunnel { get; } =
        Flags
            .Text(
                "--tunnel",
                "TUNNEL",
                "the Culvert tunnel whose agents serve it: registers its authorities and claims the domain"
            )
            .Offering(Noun.Tunnel);

    public Option<string?> CaFile { get; } =
        Flags.Text("--ca-certificate", "FILE", "instead of --tunnel: PEM file of the CA certificate to register");

    public Option<bool> ArchiveOthers { get; } =
        new("--archive-others")
        {
            Description = "archive registrations of other CAs; certificates of theirs are refused from then on",
        };

    public Option<string?> ConnectorTokenFile { get; } =
        Flags.Text(
            "--connector-token-file",
            "FILE",
            "write the connector's token to this file, readable by its owner alone"
        );

    public Option<string[]> Routes { get; } = Flags.Many("--route", "NAME", "a route of the agent to serve");

    public Option<TimeSpan?> RenewBefore { get; } =
        new("--renew-before")
        {
            Description = "exit code 2 if the newest CA expires within this time (default: 30d)",
            HelpName = "DURATION",
            CustomParser = argument => Durations.Parser(TimeSpan.Zero, TimeSpan.FromDays(3650))(argument),
        };

    public Symbol[] All =>
        [
            ApiUrl,
            ApiCaFile,
            Organization,
            Workspace,
            Rule,
            ServiceAccount,
            TokenFile,
            Audience,
            TunnelId,
            Name,
            Tunnel,
            CaFile,
            ArchiveOthers,
            ConnectorTokenFile,
            Routes,
            RenewBefore,
        ];
}
