using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal sealed record HostnameListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<HostnameDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public string? NextPage { get; init; }
}
