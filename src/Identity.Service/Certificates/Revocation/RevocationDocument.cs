using System.Text.Json.Serialization;
using Culvert.Identity.Service.Certificates.Inventory;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed record RevocationDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "certificate_revocation";

    /// <summary>The number of certificates that this call changed; 0 when all were done before.</summary>
    [JsonPropertyName("changed")]
    public required int Changed { get; init; }

    [JsonPropertyName("data")]
    public required IReadOnlyList<CertificateItemDocument> Data { get; init; }
}
