using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Edges;

internal sealed record CreateEdgeRequest
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("addresses")]
    public required IReadOnlyList<string?> Addresses { get; init; }

    /// <summary>Null when absent: generated deserialization would overwrite an initializer.</summary>
    [JsonPropertyName("dns_names")]
    public IReadOnlyList<string?>? DnsNames { get; init; }
}
