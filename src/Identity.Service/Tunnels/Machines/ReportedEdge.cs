using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Machines;

internal sealed record ReportedEdge
{
    public required Edge Edge { get; init; }

    public required EdgeReport? Report { get; init; }

    /// <summary>It called within <c>agents.live_for</c>: a caller that waits for edges waits for it (S25).</summary>
    public required bool IsLive { get; init; }

    public required string Presence { get; init; }

    public required DateTimeOffset? LastContact { get; init; }

    public required DateTimeOffset? ReportedAt { get; init; }

    /// <summary>The agents of a tunnel that are connected to it, if its last report still holds.</summary>
    public IEnumerable<EdgeReportAgent> FindAgents(Tunnel tunnel) =>
        Presence == EdgePresence.Gone
            ? []
            : (Report?.Agents ?? []).Where(agent => agent.TunnelId == tunnel.Id.Value && agent.Connections > 0);

    /// <param name="tunnel">The tunnel.</param>
    /// <param name="isAssigned">False for an edge that lost the tunnel and serves it for a while.</param>
    public TunnelStatusEdge ToStatus(Tunnel tunnel, bool isAssigned) =>
        new(
            Id: Edge.Id.Value,
            Name: Edge.Name,
            Addresses: Edge.Addresses,
            Assigned: isAssigned,
            Draining: Edge.DrainingAt is not null,
            Live: IsLive,
            State: Presence,
            LastContactAt: LastContact?.UtcDateTime,
            ReportedAt: ReportedAt?.UtcDateTime,
            PublicPort: Edge.PublicPort,
            AgentConnections: FindAgents(tunnel).Sum(agent => agent.Connections),
            ClientConnections: Presence == EdgePresence.Gone
                ? 0
                : Report?.ClientConnections.GetValueOrDefault(tunnel.Id.Value) ?? 0
        );
}
