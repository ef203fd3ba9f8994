using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>An edge as far as one tunnel is concerned.</summary>
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

    /// <summary>It sends agents and clients elsewhere.</summary>
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

    /// <summary>The port that clients dial, as the edge says; null until it has.</summary>
    [JsonPropertyName("public_port")]
    public required int? PublicPort { get; init; }

    /// <summary>Connections from this tunnel's agents.</summary>
    [JsonPropertyName("agent_connections")]
    public required int AgentConnections { get; init; }

    /// <summary>Open client connections of this tunnel.</summary>
    [JsonPropertyName("client_connections")]
    public required int ClientConnections { get; init; }
}
