using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>An edge as an agent sees it.</summary>
public sealed record AgentFeedEdge
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Addresses for agents, each <c>host:port</c>.</summary>
    [JsonPropertyName("addresses")]
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>The port for clients, as the edge reported it; null before its report.</summary>
    [JsonPropertyName("public_port")]
    public int? PublicPort { get; init; }

    /// <summary>The port of its CONNECT ingress, as the edge reported it; null: it has none.</summary>
    [JsonPropertyName("connect_public_port")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ConnectPublicPort { get; init; }
}
