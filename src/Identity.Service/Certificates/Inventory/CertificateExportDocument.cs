using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.Inventory;

/// <summary>The certificate inventory.</summary>
[SchemaOnly]
internal sealed record CertificateExportDocument
{
    public required string Type { get; init; }

    public required IReadOnlyList<CertificateItemDocument> Data { get; init; }
}
