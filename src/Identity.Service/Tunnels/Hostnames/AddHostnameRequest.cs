using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal sealed record AddHostnameRequest
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }
}
