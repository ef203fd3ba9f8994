using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record CreateAuthorityRequest
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("tunnel_id")]
    public required string TunnelId { get; init; }

    /// <summary>Where the key is held; absent = <c>sealed</c>.</summary>
    [JsonPropertyName("custody")]
    public string? Custody { get; init; }

    /// <summary>PKCS#11: the key's label; absent = a generated one. Needs <c>installation:operate</c>.</summary>
    [JsonPropertyName("key_label")]
    public string? KeyLabel { get; init; }
}
