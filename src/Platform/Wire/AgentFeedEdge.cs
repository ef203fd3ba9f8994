using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>An edge as an agent sees it.</summary>
/// <param name="Addresses">Addresses for agents, each <c>host:port</c>.</param>
/// <param name="PublicPort">The port for clients, as the edge reported it; null before its report.</param>
/// <param name="ConnectPublicPort">The port of its CONNECT ingress, as the edge reported it; null: it has none.</param>
public sealed record AgentFeedEdge(
    string Id,
    string Name,
    IReadOnlyList<string> Addresses,
    int? PublicPort = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? ConnectPublicPort = null
);
