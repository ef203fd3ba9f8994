using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>Whether a tunnel can carry calls now, and if not, why.</summary>
/// <param name="State">A constant of <see cref="TunnelState"/>.</param>
/// <param name="Ready">The same in short: whether calls get through now.</param>
/// <param name="Problems">Constants of <see cref="TunnelProblem"/>.</param>
/// <param name="AgentsConnected">Agents with a connection to a live edge: only these serve calls.</param>
/// <param name="AgentsLive">Agents that are connected to an edge or to the service's feed.</param>
/// <param name="AgentsFailing">Live agents whose last own checks found a failure.</param>
/// <param name="Routes">The routes' upstreams as connected agents reported them.</param>
/// <param name="EdgesServing">Assigned live edges that have a connection of a live agent.</param>
/// <param name="ServiceNodes">The live nodes, and those that stopped without notice within a day.</param>
/// <param name="PublicPort">The port in its routes' URLs; null until an edge has reported one.</param>
/// <param name="Edges">The edges that the tunnel is assigned, then those that still serve it for a while.</param>
internal sealed record TunnelStatusDocument(
    string TunnelId,
    string? DisplayName,
    string Domain,
    string Status,
    string State,
    bool Ready,
    IReadOnlyList<string> Problems,
    string ServerCertificateMode,
    long TrustBundleEpoch,
    int Certificates,
    int AgentsEnrolled,
    int AgentsConnected,
    int AgentsLive,
    int AgentsFailing,
    IReadOnlyList<TunnelStatusRoute> Routes,
    int EdgesServing,
    int ServiceNodesLive,
    int ServiceNodes,
    int? PublicPort,
    IReadOnlyList<TunnelStatusEdge> Edges
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "tunnel_status";
}
