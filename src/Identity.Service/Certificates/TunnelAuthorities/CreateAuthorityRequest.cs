using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record CreateAuthorityRequest
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    /// <summary>Where the key lives; <c>sealed</c> for now, also when absent.</summary>
    [JsonPropertyName("custody")]
    public string? Custody { get; init; }
}
