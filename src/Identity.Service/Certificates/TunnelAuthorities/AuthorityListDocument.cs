using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

internal sealed record AuthorityListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<AuthorityDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
