using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Certificates.Inventory;

internal sealed record CertificateListDocument
{
    [JsonPropertyName("data")]
    public required IReadOnlyList<CertificateItemDocument> Data { get; init; }

    [JsonPropertyName("next_page")]
    public required string? NextPage { get; init; }
}
