using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.ClientAuthorities;

internal sealed record ClientAuthorityListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<ClientAuthorityDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
