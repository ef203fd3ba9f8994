using System.Text.Json;
using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Servers;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Assignment;
using Culvert.Identity.Service.Tunnels.Certificates;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// Stores the latest report of each machine, without history. Only a changed public port affects other machines.
/// </summary>
internal sealed class ReportEndpoints(
    TunnelStore tunnels,
    EdgeStore edges,
    AgentReportStore agentReports,
    UsageReports usageReports,
    BundleHolderStore holders,
    AssignmentStore assignments,
    AuditDisputes disputes,
    MachineFacts facts,
    IJournal journal,
    TimeProvider time
)
{
    private const int MaxRoutes = 256;
    private const int MaxNames = 256;
    private const int MaxDrifts = 256;
    private const int MaxTextLength = 512;
    private const int MaxAgents = 20_000;

    // Each route and caller is new only once.
    private const int MostAttempts = 10;

    // Multiplied by MaxAgents it is still an int: no sum over a report can overflow.
    private const int MaxConnections = 100_000;

    public async ValueTask<ApiAnswer> AgentAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(WireJson.Default.AgentReport, cancellationToken);
        if (!body.TryGet(out var report, out var refusal))
        {
            return refusal;
        }

        var peer = request.Peer;
        facts.RecordContact(peer);
        if (Check(report) is { } malformed)
        {
            return malformed;
        }

        if (await tunnels.FindAsync(peer, cancellationToken) is not { } tunnel)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (report.Epochs.TrustBundle > tunnel.BundleEpoch || report.Epochs.Platform > facts.PlatformBundle.Epoch)
        {
            return TunnelErrors.ReportEpoch.Refuse();
        }

        // Counts are added up separately; only the latest value of the rest is stored.
        var now = time.GetUtcNow();
        var text = JsonSerializer.Serialize(
            report with
            {
                Usage = null,
                StaticSecrets = null,
            },
            WireJson.Default.AgentReport
        );
        var save = agentReports.Save(
            tunnel.Id.Value,
            peer.InstanceId!,
            now,
            peer.SerialNumber,
            text,
            report.StaticSecrets
        );
        var dispute = disputes.Find(request, report);
        var acknowledgement = await AcknowledgementAsync(peer, tunnel.Id, report, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var plan = await usageReports.PlanAsync(tunnel, peer.InstanceId!, report, now, cancellationToken);
            var result = await journal.CommitAsync(
                new Decision { Event = dispute, Statements = [save, .. plan.Statements, .. acknowledgement] },
                cancellationToken
            );
            if (result.IsStale && attempt < MostAttempts)
            {
                continue; // another agent reported the same route or caller first
            }

            if (result.IsCommitted)
            {
                usageReports.Complete(plan);
            }

            return result.RefusalUnlessCommitted() is { } unavailable ? unavailable : ApiAnswer.Empty;
        }
    }

    // A report acknowledges a bundle only within the limits of the protocol (S17).
    private async ValueTask<IReadOnlyList<Statement>> AcknowledgementAsync(
        MachinePeer peer,
        TunnelId tunnelId,
        AgentReport report,
        CancellationToken cancellationToken
    )
    {
        var epoch = report.Epochs.TrustBundle;
        var known = await holders.FindAsync(tunnelId, HolderKind.Agent, peer.InstanceId!, cancellationToken);
        var holder = new BundleHolder(
            peer.InstanceId!,
            HolderKind.Agent,
            Counts: true,
            known?.Served ?? 0,
            known?.Acknowledged ?? 0
        );
        var platform = facts.Acknowledgement(peer, report.Epochs.Platform, report.Serials.Platform);
        return BundleProtocol.Acknowledge(holder, epoch, report.Serials.Platform == peer.SerialNumber) is null
            ? platform
            :
            [
                .. platform,
                holders.Acknowledge(
                    tunnelId,
                    HolderKind.Agent,
                    peer.InstanceId!,
                    epoch,
                    peer.SerialNumber,
                    time.GetUtcNow()
                ),
            ];
    }

    public async ValueTask<ApiAnswer> EdgeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadJsonAsync(WireJson.Default.EdgeReport, cancellationToken);
        if (!body.TryGet(out var report, out var refusal))
        {
            return refusal;
        }

        var peer = request.Peer;
        facts.RecordContact(peer);
        if (Check(report) is { } malformed)
        {
            return malformed;
        }

        if (report.Epochs.Platform > facts.PlatformBundle.Epoch)
        {
            return TunnelErrors.ReportEpoch.Refuse();
        }

        var edge = await edges.FindAsync(peer.EdgeId!, cancellationToken);
        if (edge is null or { ArchivedAt: not null })
        {
            return edge is null ? RequestErrors.NotFound.Refuse() : TunnelErrors.EdgeArchived.Refuse();
        }

        var text = JsonSerializer.Serialize(report, WireJson.Default.EdgeReport);
        var save = edges.SaveReport(edge.Id, time.GetUtcNow(), text);
        var moved = (edge.PublicPort, edge.ConnectPort) != (report.SniPublicPort, report.ConnectPublicPort);
        return await CommitAsync(
            new Decision
            {
                Event = await FindGraceAsync(edge, report, request, cancellationToken),
                Statements =
                [
                    save,
                    .. moved
                        ?
                        [
                            // From its first report on, the edge is preferred to edges that have not reported.
                            .. edge.PublicPort is null
                                ? [assignments.InsertAvailabilityChanges(edge.Id, time.GetStoreNow())]
                                : Array.Empty<Statement>(),
                            edges.SetPublicPorts(edge.Id, report.SniPublicPort, report.ConnectPublicPort),
                            tunnels.SetFirstPublicPort(report.SniPublicPort),
                        ]
                        : Array.Empty<Statement>(),
                    .. facts.Acknowledgement(peer, report.Epochs.Platform, report.Serial),
                ],
                Changes = moved ? ChangeTopics.Feed : ChangeTopics.None,
            },
            cancellationToken
        );
    }

    // An edge repeats it in each report; the stored report shows whether it is already audited.
    private async ValueTask<AuditEvent?> FindGraceAsync(
        Edge edge,
        EdgeReport report,
        ApiRequest request,
        CancellationToken cancellationToken
    )
    {
        if (
            report.OfflineGrace is not { } grace
            || await edges.FindReportAsync(edge.Id, cancellationToken) is { } stored
                && JsonSerializer.Deserialize(stored, WireJson.Default.EdgeReport)?.OfflineGrace == grace
        )
        {
            return null;
        }

        return MachineEvents.ServedOffline(AuditOrigin.From(request.Peer, request, time.GetUtcNow()), edge, grace);
    }

    private async ValueTask<ApiAnswer> CommitAsync(Decision decision, CancellationToken cancellationToken)
    {
        var result = await journal.CommitAsync(decision, cancellationToken);
        return result.RefusalUnlessCommitted() is { } unavailable ? unavailable : ApiAnswer.Empty;
    }

    private static Refusal? Check(AgentReport report)
    {
        if (report.Routes.Count > MaxRoutes)
        {
            return RequestErrors.Invalid.Refuse($"routes: at most {MaxRoutes} are allowed.");
        }

        if (report.Routes.Sum(route => route?.Drifts?.Count ?? 0) > MaxDrifts)
        {
            return RequestErrors.Invalid.Refuse($"routes.drifts: at most {MaxDrifts} are allowed in a report.");
        }

        if (report.StaticSecrets is { Count: > AgentReportSecret.MaxPerReport })
        {
            return RequestErrors.Invalid.Refuse(
                $"static_secrets: at most {AgentReportSecret.MaxPerReport} are allowed in a report."
            );
        }

        return
            report.Routes.All(route =>
                route is not null
                && IsShort(route.Name)
                && IsShort(route.Hostname)
                && IsShort(route.Detail)
                && IsShort(route.Oauth)
                && IsShort(route.Policy)
                && IsGood(route.Public)
                && IsGood(route.ServicePolicy)
                && (route.Drifts ?? []).All(IsGood)
            )
            && IsShort(report.Version)
            && AuditDisputes.IsKnown(report.AuditAlarm)
            && UsageCheck.IsGood(report.Usage)
            && DoctorCheck.IsGood(report.Doctor)
            && (report.StaticSecrets ?? []).All(IsGood)
            && IsShort(report.Serials.Platform)
            && IsShort(report.Serials.Server)
            && report is { Revision: >= 0, Epochs: { Platform: >= 0, TrustBundle: >= 0 } }
            ? null
            : TooLong();
    }

    private static Refusal? Check(EdgeReport report)
    {
        if (report.Agents.Count > MaxAgents || report.ClientConnections.Count > MaxAgents)
        {
            return RequestErrors.Invalid.Refuse($"agents, client_connections: at most {MaxAgents} are allowed.");
        }

        if (report.SniPublicPort is < 1 or > 65535)
        {
            return RequestErrors.Invalid.Refuse("sni_public_port: a port from 1 to 65535 is required.");
        }

        if (report.ConnectPublicPort is < 1 or > 65535)
        {
            return RequestErrors.Invalid.Refuse("connect_public_port: a port from 1 to 65535 or null is required.");
        }

        if (report.OfflineGrace is { } grace && (grace.LastContact > grace.From || grace.From > grace.To))
        {
            return RequestErrors.Invalid.Refuse("offline_grace: last_contact, from and to are required in this order.");
        }

        return
            report.Agents.All(agent =>
                agent is not null
                && IsShort(agent.TunnelId)
                && IsShort(agent.InstanceId)
                && agent.Connections is >= 0 and <= MaxConnections
            )
            && report.ClientConnections.All(tunnel => IsShort(tunnel.Key) && tunnel.Value is >= 0 and <= MaxConnections)
            && IsShort(report.Version)
            && IsShort(report.Serial)
            && report is { Revision: >= 0, Epochs.Platform: >= 0 }
            ? null
            : TooLong();
    }

    // The value is printed into zone files; the command that prints it validates each character again.
    private static bool IsGood(AgentReportPublic? said) =>
        said is null
        || (
            said.Names.Count <= MaxNames
            && said.Names.All(name => name is not null && IsShort(name))
            && IsShort(said.Issuer)
            && IsShort(said.Account)
        );

    private static bool IsGood(AgentReportPolicy? said) =>
        said is null || (IsShort(said.InForce) && IsShort(said.Refused) && IsShort(said.Problem));

    private static bool IsGood(AgentReportDrift? said) =>
        said is not null
        && IsShort(said.Kind)
        && IsShort(said.Name)
        && IsShort(said.Classes)
        && IsShort(said.Action)
        && IsShort(said.Observed);

    private static bool IsGood(AgentReportSecret? said) =>
        said is { Setting.Length: > 0 and <= AgentReportSecret.MaxTextLength }
        && said.Kind.Length <= AgentReportSecret.MaxTextLength
        && said.Source is AgentReportSecret.File or AgentReportSecret.Environment;

    private static bool IsShort(string? text) => text is null || text.Length <= MaxTextLength;

    private static Refusal TooLong() =>
        RequestErrors.Invalid.Refuse(
            $"report: null in a list, a text longer than {MaxTextLength} characters, or a number or alarm that cannot be."
        );
}
