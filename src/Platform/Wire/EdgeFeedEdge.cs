namespace Culvert.Platform.Wire;

/// <summary>The edge's own registration.</summary>
/// <param name="Addresses">Addresses for agents, each <c>host:port</c>.</param>
/// <param name="Draining">The edge must send agents and clients elsewhere and accept no new ones.</param>
public sealed record EdgeFeedEdge(
    string Id,
    string Name,
    IReadOnlyList<string> Addresses,
    IReadOnlyList<string> DnsNames,
    bool Draining = false
);
