using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>Whether a tunnel can carry calls now, and if not, why.</summary>
internal sealed record TunnelStatusDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "tunnel_status";

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    [JsonPropertyName("display_name")]
    public required string? DisplayName { get; init; }

    [JsonPropertyName("domain")]
    public required string Domain { get; init; }

    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>A constant of <see cref="TunnelState"/>.</summary>
    [JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>The same in short: whether calls get through now.</summary>
    [JsonPropertyName("ready")]
    public required bool Ready { get; init; }

    /// <summary>Constants of <see cref="TunnelProblem"/>.</summary>
    [JsonPropertyName("problems")]
    public required IReadOnlyList<string> Problems { get; init; }

    [JsonPropertyName("server_certificate_mode")]
    public required string ServerCertificateMode { get; init; }

    [JsonPropertyName("trust_bundle_epoch")]
    public required long TrustBundleEpoch { get; init; }

    [JsonPropertyName("certificates")]
    public required int Certificates { get; init; }

    [JsonPropertyName("agents_enrolled")]
    public required int AgentsEnrolled { get; init; }

    /// <summary>Agents with a connection to a live edge: only these serve calls.</summary>
    [JsonPropertyName("agents_connected")]
    public required int AgentsConnected { get; init; }

    /// <summary>Agents that are connected to an edge or to the service's feed.</summary>
    [JsonPropertyName("agents_live")]
    public required int AgentsLive { get; init; }

    /// <summary>Live agents whose last own checks found a failure.</summary>
    [JsonPropertyName("agents_failing")]
    public required int AgentsFailing { get; init; }

    /// <summary>The routes' upstreams as connected agents reported them.</summary>
    [JsonPropertyName("routes")]
    public required IReadOnlyList<TunnelStatusRoute> Routes { get; init; }

    /// <summary>Assigned live edges that have a connection of a live agent.</summary>
    [JsonPropertyName("edges_serving")]
    public required int EdgesServing { get; init; }

    [JsonPropertyName("service_nodes_live")]
    public required int ServiceNodesLive { get; init; }

    /// <summary>The live nodes, and those that stopped without notice within a day.</summary>
    [JsonPropertyName("service_nodes")]
    public required int ServiceNodes { get; init; }

    /// <summary>The port in its routes' URLs; null until an edge has reported one.</summary>
    [JsonPropertyName("public_port")]
    public required int? PublicPort { get; init; }

    /// <summary>The edges that the tunnel is assigned, then those that still serve it for a while.</summary>
    [JsonPropertyName("edges")]
    public required IReadOnlyList<TunnelStatusEdge> Edges { get; init; }
}
