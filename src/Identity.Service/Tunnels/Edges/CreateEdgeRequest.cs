namespace Culvert.Identity.Service.Tunnels.Edges;

internal sealed record CreateEdgeRequest
{
    public required string Name { get; init; }

    public required IReadOnlyList<string?> Addresses { get; init; }

    /// <summary>Null when absent: generated deserialization would overwrite an initializer.</summary>
    public IReadOnlyList<string?>? DnsNames { get; init; }
}
