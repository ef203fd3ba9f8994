using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>An edge as an agent sees it.</summary>
public sealed record AgentFeedEdge
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Where agents dial it, <c>host:port</c> each.</summary>
    [JsonPropertyName("addresses")]
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>The port that clients dial, as the edge reported it; null until it has.</summary>
    [JsonPropertyName("public_port")]
    public int? PublicPort { get; init; }

    /// <summary>The port of its CONNECT ingress, likewise; null = it has none.</summary>
    [JsonPropertyName("connect_public_port")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ConnectPublicPort { get; init; }
}
