using Culvert.Identity.Service.Certificates.Inventory;

namespace Culvert.Identity.Service.Documentation.Shapes;

/// <summary>The certificate inventory.</summary>
internal sealed record CertificateExportDocument
{
    public required string Type { get; init; }

    public required IReadOnlyList<CertificateItemDocument> Data { get; init; }
}
