using Culvert.Identity.Service.Certificates.Inventory;

namespace Culvert.Identity.Service.Certificates.Revocation;

internal sealed record RevocationDocument
{
    public string Type { get; } = "certificate_revocation";

    /// <summary>The number of certificates that this call changed; 0 when all were done before.</summary>
    public required int Changed { get; init; }

    public required IReadOnlyList<CertificateItemDocument> Data { get; init; }
}
