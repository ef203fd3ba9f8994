using System.Text.Json.Serialization;
using Culvert.Identity.Service.Certificates.Inventory;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed record RevocationDocument
{
    [JsonPropertyName("type")]
    public string Type { get; } = "certificate_revocation";

    /// <summary>How many this call changed: 0 when it was all done before.</summary>
    [JsonPropertyName("changed")]
    public required int Changed { get; init; }

    [JsonPropertyName("data")]
    public required IReadOnlyList<CertificateItemDocument> Data { get; init; }
}
