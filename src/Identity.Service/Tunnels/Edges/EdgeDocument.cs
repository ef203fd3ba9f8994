using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Edges;

/// <param name="ConnectPublicPort">The port of its CONNECT ingress; null = it has none.</param>
/// <param name="DrainingAt">Since when it drains agents and clients to other edges; null = it serves.</param>
internal sealed record EdgeDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string Name,
    IReadOnlyList<string> Addresses,
    IReadOnlyList<string> DnsNames,
    int? PublicPort,
    int? ConnectPublicPort,
    DateTime CreatedAt,
    DateTime? DrainingAt,
    DateTime? ArchivedAt
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "edge";

    public static EdgeDocument From(Edge edge) =>
        new(
            Id: edge.Id.Value,
            Name: edge.Name,
            Addresses: edge.Addresses,
            DnsNames: edge.DnsNames,
            PublicPort: edge.PublicPort,
            ConnectPublicPort: edge.ConnectPort,
            CreatedAt: edge.CreatedAt.UtcDateTime,
            DrainingAt: edge.DrainingAt?.UtcDateTime,
            ArchivedAt: edge.ArchivedAt?.UtcDateTime
        );
}
