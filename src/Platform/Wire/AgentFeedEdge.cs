using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>An edge as an agent sees it.</summary>
public sealed record AgentFeedEdge
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Addresses for agents, each <c>host:port</c>.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>The port for clients, as the edge reported it; null before its report.</summary>
    public int? PublicPort { get; init; }

    /// <summary>The port of its CONNECT ingress, as the edge reported it; null: it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ConnectPublicPort { get; init; }
}
