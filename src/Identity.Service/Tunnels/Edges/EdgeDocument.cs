using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Edges;

internal sealed record EdgeDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "edge";

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("addresses")]
    public required IReadOnlyList<string> Addresses { get; init; }

    [JsonPropertyName("dns_names")]
    public required IReadOnlyList<string> DnsNames { get; init; }

    [JsonPropertyName("public_port")]
    public required int? PublicPort { get; init; }

    /// <summary>The port of its CONNECT ingress; null = it has none.</summary>
    [JsonPropertyName("connect_public_port")]
    public required int? ConnectPublicPort { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    /// <summary>Since when it drains agents and clients to other edges; null = it serves.</summary>
    [JsonPropertyName("draining_at")]
    public required DateTime? DrainingAt { get; init; }

    [JsonPropertyName("archived_at")]
    public required DateTime? ArchivedAt { get; init; }

    public static EdgeDocument Of(Edge edge) =>
        new()
        {
            Id = edge.Id.Value,
            Name = edge.Name,
            Addresses = edge.Addresses,
            DnsNames = edge.DnsNames,
            PublicPort = edge.PublicPort,
            ConnectPublicPort = edge.ConnectPort,
            CreatedAt = edge.CreatedAt.UtcDateTime,
            DrainingAt = edge.DrainingAt?.UtcDateTime,
            ArchivedAt = edge.ArchivedAt?.UtcDateTime,
        };
}
