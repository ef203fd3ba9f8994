namespace Culvert.Platform.Wire;

/// <summary>The edge's own registration.</summary>
public sealed record EdgeFeedEdge
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Addresses for agents, each <c>host:port</c>.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    public required IReadOnlyList<string> DnsNames { get; init; }

    /// <summary>The edge must send agents and clients elsewhere and accept no new ones.</summary>
    public bool Draining { get; init; }
}
