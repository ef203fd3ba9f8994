using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Connector;
using Culvert.Tunnel.Agent.Dialing;
using Culvert.Tunnel.Agent.Doctor;
using Culvert.Tunnel.Agent.Doctor.Certificates;
using Culvert.Tunnel.Agent.LongPoll;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>
/// The doctor's checks of a running agent, for its reports. They have no side effects: no token is exchanged, no edge
/// dialled, no upstream started and no route called; the agent's own observations replace those checks.
/// </summary>
internal sealed class RunningChecks(
    Func<RouteGeneration> generation,
    EdgeFleet fleet,
    AuditTrail trail,
    Func<IReadOnlyList<LongPollStatus>> longPolls,
    Func<IReadOnlyList<ConnectorStatus>> connectors,
    TimeProvider time
)
{
    public async Task<IReadOnlyList<DoctorFinding>> RunAsync(CancellationToken cancellationToken)
    {
        var current = generation();
        var settings = current.Settings;
        var facts = await CertificateFacts.GatherAsync(settings, time, cancellationToken);
        var path = new PathChecks(settings, facts.State, time);
        return
        [
            RouteChecks.CheckOpenRoutes(settings),
            RouteChecks.CheckPolicies(settings),
            PinsCheck.Check(settings),
            AuditCheck.Judge(settings, trail.Problem),
            CheckIssuers(current),
            .. CertificateChecks.Run(facts),
            await new PublicChecks(settings, facts.State, time).RunAsync(cancellationToken),
            await path.CheckNamesAsync(cancellationToken),
            CheckEdges(),
            path.CheckPorts(),
            CheckUpstreams(current),
            CredentialCheck.Check(RouteCredential.List(current.Routes), time.GetUtcNow()),
            AffinityCheck.Check(
                facts.State.Feed?.Tunnel,
                [.. current.Probes.Select(p => (p.Route.Name, p.Route.Upstream.Settings, p.State))]
            ),
            LongPollCheck.Check(longPolls()),
            ConnectorCheck.Check(connectors()),
            StaticSecretsCheck.Check(current.Secrets, time.GetUtcNow()),
        ];
    }

    private static DoctorFinding CheckIssuers(RouteGeneration current)
    {
        var bad = current.Issuers.Where(i => !i.IsUsable).Select(i => i.Problem).ToList();
        return current.Issuers.Count == 0 ? DoctorFinding.Skip(RouteChecks.Issuers, "No issuer is configured.")
            : bad.Count == 0 ? DoctorFinding.Pass(RouteChecks.Issuers, "The keys of all issuers are available.")
            : DoctorFinding.Fail(
                RouteChecks.Issuers,
                $"No usable keys of the issuers: {string.Join(", ", bad)}.",
                "Their routes return 503.",
                FormatDoctorCommand(RouteChecks.Issuers)
            );
    }

    private DoctorFinding CheckEdges()
    {
        var edges = fleet.Connections;
        var bad = edges.Where(e => e.Serving == 0).Select(e => e.Edge).ToList();
        return edges.Count == 0
                ? DoctorFinding.Fail(
                    PathChecks.Edges,
                    "The tunnel has no edge.",
                    "No client's call can reach this agent.",
                    "culvert edge list"
                )
            : bad.Count == 0 ? DoctorFinding.Pass(PathChecks.Edges, "Every edge is connected.")
            : DoctorFinding.Fail(
                PathChecks.Edges,
                $"{bad.Count} of {edges.Count} edges are not connected: {string.Join(", ", bad)}.",
                "Clients that connect to these edges do not reach this agent.",
                FormatDoctorCommand(PathChecks.Edges)
            );
    }

    private static DoctorFinding CheckUpstreams(RouteGeneration current)
    {
        var bad = current.Probes.Where(p => p.State.IsHealthy == false).Select(p => p.Route.Name).ToList();
        return current.Probes.All(p => p.State.IsHealthy is null)
                ? DoctorFinding.Skip(PathChecks.Upstreams, "No upstream has been probed.")
            : bad.Count == 0 ? DoctorFinding.Pass(PathChecks.Upstreams, "Every probed upstream responds.")
            : DoctorFinding.Fail(
                PathChecks.Upstreams,
                $"{bad.Count} of {current.Probes.Count} upstreams do not respond: {string.Join(", ", bad)}.",
                "Calls to these routes fail with 502 or 504.",
                $"tunnel-agent routes test {bad[0]}"
            );
    }

    private static string FormatDoctorCommand(string check) => $"tunnel-agent doctor --check {check}";
}
