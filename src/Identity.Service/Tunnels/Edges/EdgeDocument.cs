namespace Culvert.Identity.Service.Tunnels.Edges;

internal sealed record EdgeDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "edge";

    public required string Name { get; init; }

    public required IReadOnlyList<string> Addresses { get; init; }

    public required IReadOnlyList<string> DnsNames { get; init; }

    public required int? PublicPort { get; init; }

    /// <summary>The port of its CONNECT ingress; null = it has none.</summary>
    public required int? ConnectPublicPort { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>Since when it drains agents and clients to other edges; null = it serves.</summary>
    public required DateTime? DrainingAt { get; init; }

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
