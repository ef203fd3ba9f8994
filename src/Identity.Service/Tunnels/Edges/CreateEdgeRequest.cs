namespace Culvert.Identity.Service.Tunnels.Edges;

/// <param name="DnsNames">Null when absent: generated deserialization would overwrite an initializer.</param>
internal sealed record CreateEdgeRequest(
    string Name,
    IReadOnlyList<string?> Addresses,
    IReadOnlyList<string?>? DnsNames = null
);
