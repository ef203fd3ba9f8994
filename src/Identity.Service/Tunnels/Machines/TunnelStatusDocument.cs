namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>Whether a tunnel can carry calls now, and if not, why.</summary>
internal sealed record TunnelStatusDocument
{
    public string Type { get; } = "tunnel_status";

    public required string TunnelId { get; init; }

    public required string? DisplayName { get; init; }

    public required string Domain { get; init; }

    public required string Status { get; init; }

    /// <summary>A constant of <see cref="TunnelState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The same in short: whether calls get through now.</summary>
    public required bool Ready { get; init; }

    /// <summary>Constants of <see cref="TunnelProblem"/>.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public required string ServerCertificateMode { get; init; }

    public required long TrustBundleEpoch { get; init; }

    public required int Certificates { get; init; }

    public required int AgentsEnrolled { get; init; }

    /// <summary>Agents with a connection to a live edge: only these serve calls.</summary>
    public required int AgentsConnected { get; init; }

    /// <summary>Agents that are connected to an edge or to the service's feed.</summary>
    public required int AgentsLive { get; init; }

    /// <summary>Live agents whose last own checks found a failure.</summary>
    public required int AgentsFailing { get; init; }

    /// <summary>The routes' upstreams as connected agents reported them.</summary>
    public required IReadOnlyList<TunnelStatusRoute> Routes { get; init; }

    /// <summary>Assigned live edges that have a connection of a live agent.</summary>
    public required int EdgesServing { get; init; }

    public required int ServiceNodesLive { get; init; }

    /// <summary>The live nodes, and those that stopped without notice within a day.</summary>
    public required int ServiceNodes { get; init; }

    /// <summary>The port in its routes' URLs; null until an edge has reported one.</summary>
    public required int? PublicPort { get; init; }

    /// <summary>The edges that the tunnel is assigned, then those that still serve it for a while.</summary>
    public required IReadOnlyList<TunnelStatusEdge> Edges { get; init; }
}
