using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Tunnels.Certificates;

internal sealed record RegisteredCertificateListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<RegisteredCertificateDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
