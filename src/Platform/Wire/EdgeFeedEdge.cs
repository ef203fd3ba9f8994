using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>The edge's own registration.</summary>
public sealed record EdgeFeedEdge
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Where agents dial it, <c>host:port</c> each.</summary>
    [JsonPropertyName("addresses")]
    public required IReadOnlyList<string> Addresses { get; init; }

    [JsonPropertyName("dns_names")]
    public required IReadOnlyList<string> DnsNames { get; init; }

    /// <summary>It shall send agents and clients elsewhere and take no new ones.</summary>
    [JsonPropertyName("draining")]
    public bool Draining { get; init; }
}
