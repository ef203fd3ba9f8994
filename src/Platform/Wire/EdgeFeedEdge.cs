using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The edge's own registration.</summary>
public sealed record EdgeFeedEdge
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Addresses for agents, each <c>host:port</c>.</summary>
    [JsonPropertyName("addresses")]
    public required IReadOnlyList<string> Addresses { get; init; }

    [JsonPropertyName("dns_names")]
    public required IReadOnlyList<string> DnsNames { get; init; }

    /// <summary>The edge must send agents and clients elsewhere and accept no new ones.</summary>
    [JsonPropertyName("draining")]
    public bool Draining { get; init; }
}
