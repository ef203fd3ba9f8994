using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.Inventory;

internal static class InventoryStatuses
{
    public static string GetName(CertificateRecord certificate) => WireNames.Get(GetStatus(certificate));

    public static InventoryStatus GetStatus(CertificateRecord certificate) =>
        certificate switch
        {
            { RevokedAt: not null } => InventoryStatus.Revoked,
            { Status: CertificateStatus.Intent } => InventoryStatus.Intent,
            { Status: CertificateStatus.Issued } => InventoryStatus.Issued,
            _ => InventoryStatus.Void,
        };
}
