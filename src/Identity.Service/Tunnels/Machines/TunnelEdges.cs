using System.Text.Json;
using Culvert.Identity.Service.Nodes;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Assignment;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

internal sealed class TunnelEdges(
    EdgeStore edges,
    EdgeAssignments assignments,
    MachineContacts contacts,
    VersionStore nodes,
    Installation installation,
    Current<AgentOptions> options,
    TimeProvider time
)
{
    /// <summary>
    /// A final report is also a call, and its poll ends just after it: only a later call counts as a return.
    /// </summary>
    internal static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    /// <summary>After this many polls without a call the presence of an edge is unknown.</summary>
    private const int SilentPolls = 3;

    /// <summary>The edges that serve the tunnel: assigned ones, best first, then those that still have clients.</summary>
    public async ValueTask<IReadOnlyList<TunnelStatusEdge>> ListAsync(
        Tunnel tunnel,
        CancellationToken cancellationToken
    ) => await ListAsync(tunnel, await ReadAsync(cancellationToken), cancellationToken);

    public async ValueTask<IReadOnlyList<TunnelStatusEdge>> ListAsync(
        Tunnel tunnel,
        IReadOnlyList<ReportedEdge> all,
        CancellationToken cancellationToken
    )
    {
        var assignment = await assignments.OfAsync(tunnel.Id, cancellationToken);
        return
        [
            .. Pick(all, assignment.Assigned).Select(edge => edge.ToStatus(tunnel, isAssigned: true)),
            .. Pick(all, assignment.Leaving).Select(edge => edge.ToStatus(tunnel, isAssigned: false)),
        ];
    }

    public async ValueTask<TunnelAssignment> AssignmentAsync(string tunnelId, CancellationToken cancellationToken) =>
        (await assignments.GetAsync(cancellationToken)).Get(tunnelId);

    public async ValueTask<IReadOnlyList<ReportedEdge>> AssignedAsync(
        Tunnel tunnel,
        IReadOnlyList<ReportedEdge> all,
        CancellationToken cancellationToken
    ) => [.. Pick(all, (await assignments.OfAsync(tunnel.Id, cancellationToken)).Assigned)];

    private static IEnumerable<ReportedEdge> Pick(IReadOnlyList<ReportedEdge> all, IReadOnlyList<string> ids) =>
        ids.Select(id => all.FirstOrDefault(edge => edge.Edge.Id.Value == id)).OfType<ReportedEdge>();

    /// <summary>Every edge with its last report, read once for any number of tunnels.</summary>
    public async ValueTask<IReadOnlyList<ReportedEdge>> ReadAsync(CancellationToken cancellationToken)
    {
        var reports = (await edges.ListReportsAsync(cancellationToken)).ToDictionary(
            report => report.EdgeId,
            StringComparer.Ordinal
        );
        var written = await edges.ListContactsAsync(cancellationToken);
        var live = await edges.ListLiveAsync(cancellationToken);
        var alone = (await nodes.CountNodesAsync(cancellationToken)).Live <= 1;
        return
        [
            .. live.Select(edge =>
                Describe(
                    edge,
                    reports.GetValueOrDefault(edge.Id.Value),
                    written.TryGetValue(edge.Id.Value, out var at) ? at : null,
                    alone
                )
            ),
        ];
    }

    /// <param name="written">The stored last call, to other nodes or to this one before its start.</param>
    /// <param name="alone">No other node receives calls: one from before this node's start shows nothing.</param>
    private ReportedEdge Describe(Edge edge, StoredEdgeReport? stored, DateTimeOffset? written, bool alone)
    {
        var heard = contacts.FindLast(SpiffeId.Edge(installation.TrustDomain, edge.Id.Value).ToString());
        heard = heard is null || written > heard ? written : heard;
        var contact = heard > stored?.At || stored is null ? heard : stored.At;
        var report = stored is null ? null : JsonSerializer.Deserialize(stored.Body, WireJson.Default.EdgeReport);
        var silence = time.GetUtcNow() - contact;
        var hasLeft = report is { Leaving: true } && contact - stored!.At < Farewell;
        return new ReportedEdge
        {
            Edge = edge,
            Report = report,
            IsLive = silence <= options.Value.LiveFor && !hasLeft,
            Presence =
                contact is null || hasLeft ? EdgePresence.Gone
                : silence > SilentPolls * options.Value.FeedWaitMax || (alone && contact < contacts.Since)
                    ? EdgePresence.Unknown
                : EdgePresence.Live,
            LastContact = contact,
            ReportedAt = stored?.At,
        };
    }
}
