using System.CommandLine;
using Culvert.Machine.Client.Doctor;
using Culvert.Platform.Configuration;
using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Doctor.Certificates;
using Culvert.Tunnel.Agent.Hosting;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary><c>tunnel-agent doctor</c>: prints which hop fails, why, and what to do. Changes nothing.</summary>
internal static class DoctorCommand
{
    public static Command Create() =>
        DoctorCommandLine.Create(
            "Check every hop from the identity token to a call, and every certificate.",
            ConfigLocation.Agent,
            AgentConfiguration.Read,
            new RunningCheck("agent_running", "tunnel-agent", "culvert-agent"),
            settings => settings.Health,
            AgentIdentity.Find,
            [
                .. RouteChecks.Ids,
                .. FederationChecks.Ids,
                .. CertificateChecks.Ids,
                .. PublicChecks.Ids,
                .. PathChecks.Ids,
                CredentialCheck.Id,
                LongPollCheck.Id,
                ConnectorCheck.Id,
                StaticSecretsCheck.Id,
            ],
            FindAsync,
            new Dictionary<string, Func<AgentSettings, CancellationToken, Task<DoctorFinding>>>(StringComparer.Ordinal)
            {
                [FederatedPollCheck.Id] = (settings, cancel) =>
                    FederatedPollCheck.RunAsync(settings, TimeProvider.System, cancel),
            }
        );

    private static async Task<IReadOnlyList<DoctorFinding>> FindAsync(
        AgentSettings settings,
        DoctorFinding _,
        CancellationToken cancellationToken
    )
    {
        var (identity, time) = (settings.Identity, TimeProvider.System);

        // First: the call of a later check uses the secrets of its routes.
        var secrets = await StaticSecretsCheck.RunAsync(
            settings,
            AgentIdentity.Find(settings),
            time,
            cancellationToken
        );
        var checks = FederationChecks.Create(identity, settings.StateDirectory, "tunnel:agent", "tunnel", time);
        var facts = await CertificateFacts.GatherAsync(settings, time, cancellationToken);
        var routes = new RouteChecks(
            settings,
            new KeySetSource(new IssuerDocuments(time)),
            facts.State.Feed?.Authorization
        );
        return
        [
            .. await routes.RunAsync(cancellationToken),
            .. await checks.RunAsync(cancellationToken),
            .. CertificateChecks.Run(facts),
            await new PublicChecks(settings, facts.State, time).RunAsync(cancellationToken),
            .. await new PathChecks(settings, facts.State, time, leaf: facts.Leaf).RunAsync(cancellationToken),
            await CredentialCheck.RunAsync(settings, AgentIdentity.Find(settings), time, cancellationToken),
            await LongPollCheck.RunAsync(settings, time, cancellationToken),
            await ConnectorCheck.RunAsync(settings, time, cancellationToken),
            secrets,
        ];
    }
}
