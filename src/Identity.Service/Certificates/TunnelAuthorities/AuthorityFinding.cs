using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record AuthorityFinding
{
    [JsonPropertyName("code")]
    public required string Code { get; init; }

    [JsonPropertyName("message")]
    public required string Message { get; init; }
}
