using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Machines;

internal sealed record TunnelStatusEdge
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Its <c>host:port</c> addresses for agents.</summary>
    [JsonPropertyName("addresses")]
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>Clients use it; false = it lost the tunnel, and serves it until clients use the others.</summary>
    [JsonPropertyName("assigned")]
    public required bool Assigned { get; init; }

    [JsonPropertyName("draining")]
    public required bool Draining { get; init; }

    [JsonPropertyName("live")]
    public required bool Live { get; init; }

    /// <summary>A constant of <see cref="EdgePresence"/>.</summary>
    [JsonPropertyName("state")]
    public required string State { get; init; }

    [JsonPropertyName("last_contact_at")]
    public required DateTime? LastContactAt { get; init; }

    [JsonPropertyName("reported_at")]
    public required DateTime? ReportedAt { get; init; }

    [JsonPropertyName("public_port")]
    public required int? PublicPort { get; init; }

    [JsonPropertyName("agent_connections")]
    public required int AgentConnections { get; init; }

    [JsonPropertyName("client_connections")]
    public required int ClientConnections { get; init; }
}
