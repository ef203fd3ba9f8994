using System.Text.Json;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>Puts together what the edges said of one tunnel.</summary>
internal sealed class TunnelEdges(
    IEdgeStore edges,
    MachineContacts contacts,
    Installation installation,
    AgentOptions options,
    TimeProvider time
)
{
    /// <summary>
    /// A last word is a contact, too, and the end of its poll may be noted a moment later: only what is heard after that
    /// means that the machine is back.
    /// </summary>
    internal static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    public async ValueTask<IReadOnlyList<TunnelStatusEdge>> ListAsync(
        Tunnel tunnel,
        CancellationToken cancellationToken
    )
    {
        var reports = (await edges.ListReportsAsync(cancellationToken)).ToDictionary(
            report => report.EdgeId,
            StringComparer.Ordinal
        );
        var written = await edges.ListContactsAsync(cancellationToken);
        var live = await edges.ListLiveAsync(cancellationToken);
        return
        [
            .. live.Select(edge =>
                Describe(
                    tunnel,
                    edge,
                    reports.GetValueOrDefault(edge.Id.Value),
                    written.TryGetValue(edge.Id.Value, out var at) ? at : null
                )
            ),
        ];
    }

    /// <param name="written">Contact with other nodes, and with this one before it last started.</param>
    private TunnelStatusEdge Describe(Tunnel tunnel, Edge edge, StoredEdgeReport? stored, DateTimeOffset? written)
    {
        var heard = contacts.LastOf(SpiffeId.Edge(installation.TrustDomain, edge.Id.Value).ToString());
        heard = heard is null || written > heard ? written : heard;
        var contact = heard > stored?.At || stored is null ? heard : stored.At;
        var report = stored is null ? null : JsonSerializer.Deserialize(stored.Body, WireJson.Default.EdgeReport);
        return new TunnelStatusEdge
        {
            Id = edge.Id.Value,
            Name = edge.Name,
            Live =
                contact is { } at
                && time.GetUtcNow() - at <= options.LiveFor
                && !(report is { Leaving: true } && at - stored!.At < Farewell),
            LastContactAt = contact?.UtcDateTime,
            ReportedAt = stored?.At.UtcDateTime,
            AgentConnections =
                report?.Agents.Where(agent => agent.TunnelId == tunnel.Id.Value).Sum(agent => agent.Connections) ?? 0,
            ClientConnections = report?.ClientConnections.GetValueOrDefault(tunnel.Id.Value) ?? 0,
        };
    }
}
