using System.Text.Json.Serialization;
using Culvert.Identity.Service.Certificates.Inventory;

namespace Culvert.Identity.Service.Certificates.Revocation;

/// <param name="Changed">The number of certificates that this call changed; 0 when all were done before.</param>
internal sealed record RevocationDocument(int Changed, IReadOnlyList<CertificateItemDocument> Data)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "certificate_revocation";
}
